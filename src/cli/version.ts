/** Versions. `VERSION` is that of package.json (a test holds them equal). */
export const VERSION = '0.1.0';
/** The version of Dolt whose storage format, commands and dialect are followed. */
export const DOLT_VERSION = '2.3.1';
