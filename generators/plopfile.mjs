// plop's door in this repository: `npm run plop -- project`. It takes what was built, since plop reads no TypeScript.
export { default } from '../dist/plop.mjs';
