/** In words, for help and messages. */
export const PLACE = 'owner/database; or owner: all repositories of it, now and later; or *: all there are';
