const adjectives =
  'amber brave calm clever dapper eager fancy gentle happy ivory jolly keen lively merry nimble olive proud quick rosy silver tidy upbeat vivid warm young'.split(
    ' ',
  );
const animals =
  'badger bison civet dingo egret falcon gecko heron ibis jackal koala lemur marten narwhal otter puffin quail raven seal tapir urchin vole wombat yak zebra'.split(
    ' ',
  );

/** A name that a person can say, for a run that was given none. */
export function inventName(): string {
  return `${pick(adjectives)}-${pick(animals)}`;
}

function pick(words: readonly string[]): string {
  return words[Math.floor(Math.random() * words.length)] ?? '';
}
