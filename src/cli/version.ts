declare const PAYMEDIC_VERSION: string | undefined;
/** Replaced by the bundler; `0.0.0-source` when run from source. */
export const VERSION: string = typeof PAYMEDIC_VERSION === 'string' ? PAYMEDIC_VERSION : '0.0.0-source';
