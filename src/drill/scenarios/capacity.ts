/** Resources that run out: a connection pool, a file system, file descriptors. */
import { type DrillAnswer, HOUR, MINUTE, type World } from '../world.ts';
import type { Scenario } from './types.ts';

const answer = (world: World, cause: string, owners: DrillAnswer['owners'], story: string): DrillAnswer => ({
  causes: [cause],
  alsoRight: [],
  priority: 'urgent',
  owners,
  onset: world.onset,
  story,
  facts: {},
});

/** A long report query holds every connection of the pool; payments wait 30 s and give up. */
const poolExhausted: Scenario = {
  cause: 'pool-exhausted',
  kind: 'capacity',
  async make(world) {
    const { onset } = world;
    world.nginx();
    world.traffic(
      (time) => time < onset,
      (time, order) =>
        world.app(
          time + 400,
          'ERROR',
          'order-store',
          `payment failed order=${order} java.sql.SQLTransientConnectionException: HikariPool-1 - Connection is not available, request timed out after 30000ms (total=20, active=20, idle=0, waiting=${world.random.between(20, 90)})`,
        ),
    );
    world.common([{ time: onset - 2 * MINUTE, team: 'reporting', text: 'nightly settlement report moved to daytime' }]);
    return answer(
      world,
      'pool-exhausted',
      ['app', 'ops'],
      `From ${world.iso(onset)} all 20 connections of HikariPool-1 are in use and payments give up waiting, two minutes after a report was moved to daytime.`,
    );
  },
};

/** Debug logging fills the volume of the order store; writes fail in the application and in the proxy. */
const diskFull: Scenario = {
  cause: 'disk-full',
  kind: 'capacity',
  async make(world) {
    const { onset } = world;
    world.nginx();
    world.traffic(
      (time) => time < onset,
      (time, order) => {
        world.app(
          time + 12,
          'ERROR',
          'order-store',
          `payment failed order=${order} org.postgresql.util.PSQLException: ERROR: could not extend file "base/16384/2619": No space left on device`,
        );
        world.upstreamError(
          time,
          'crit',
          `pwrite() "/var/cache/nginx/client_temp/00000${world.random.between(10_000, 99_999)}" failed (28: No space left on device)`,
        );
      },
    );
    world.files.set(
      'host/df.txt',
      'Filesystem      Size  Used Avail Use% Mounted on\n/dev/sda2        40G   40G     0 100% /\ntmpfs           3.9G   12K  3.9G   1% /run\n',
    );
    world.common([{ time: onset - 4 * HOUR, team: 'platform', text: 'log level of order-store set to DEBUG' }]);
    return answer(
      world,
      'disk-full',
      ['ops'],
      `From ${world.iso(onset)} nothing can be written to / any more: debug logging was switched on four hours earlier.`,
    );
  },
};

/** The proxy runs out of file descriptors. */
const descriptorsExhausted: Scenario = {
  cause: 'descriptor-exhausted',
  kind: 'capacity',
  async make(world) {
    const { onset } = world;
    world.nginx();
    world.traffic(
      (time) => time < onset,
      (time, order) => {
        world.upstreamError(time, 'crit', 'socket() failed (24: Too many open files) while connecting to upstream');
        world.app(time + 9, 'ERROR', 'gateway-client', `payment failed order=${order} status=502 from the proxy`);
      },
    );
    world.common([{ time: onset - 20 * MINUTE, team: 'platform', text: 'keep-alive to the gateway raised to 3600 s' }]);
    return answer(
      world,
      'descriptor-exhausted',
      ['ops'],
      `From ${world.iso(onset)} nginx cannot open sockets (errno 24): connections to the gateway are kept for an hour since the change twenty minutes earlier.`,
    );
  },
};

export const capacityScenarios: readonly Scenario[] = [poolExhausted, diskFull, descriptorsExhausted];
