/** What a plopfile exports: registers our generators with plop. Its parameter is plop's own API. */
declare const register: (plop: object) => void | Promise<void>;
export default register;
