/** What the commands say while they work, in English. The Spanish catalogue has the same shape. */
export const uiEn = {
  cancelled: 'Cancelled. Nothing was written.',
};

export type Ui = typeof uiEn;
