import type { Ui } from './ui-en.ts';

export const uiEs: Ui = {
  cancelled: 'Cancelado. No se ha escrito nada.',
};
