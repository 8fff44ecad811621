# Build stage: installs everything, bundles the command line.
FROM node:22-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts
COPY . .
RUN npm run build

# Run stage: Node and the bundle, no shell, no package manager, no rights.
FROM gcr.io/distroless/nodejs22-debian12:nonroot
WORKDIR /app
COPY --from=build /app/bin ./bin
COPY --from=build /app/dist ./dist
COPY --from=build /app/schema ./schema
COPY --from=build /app/playbooks ./playbooks
COPY --from=build /app/LICENSES ./LICENSES
COPY --from=build /app/package.json /app/LICENSE /app/NOTICE ./
USER nonroot
ENTRYPOINT ["/nodejs/bin/node", "/app/bin/paymedic.js"]
CMD ["--help"]
