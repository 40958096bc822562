/** How a file of code ends. */
export function extensionOf(language: 'python' | 'typescript'): 'py' | 'ts' {
  return language === 'typescript' ? 'ts' : 'py';
}
