/**
 * Each file that Node loads costs half a millisecond and more, so what a flow loads together stands together: what a
 * stop needs, which a program loads before all else, and the engine. What only some flows use stays in files of its own.
 */
export const runtimeGroups = [
  { name: 'errors', test: /src[\\/]runtime[\\/](?:errors|engine[\\/]interrupts)\.ts$/, priority: 2 },
  {
    name: 'engine',
    test: /src[\\/]runtime[\\/](?:engine[\\/](?!write-artifact|hold-slots|pause-run|start-deployment|start-subflow|wait-for-inputs|call-in-thread|process-signals|stray-errors)|(?!index))[a-z0-9-]+\.ts$/,
    priority: 1,
  },
];
