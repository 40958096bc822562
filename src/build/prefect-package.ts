/** What gives a server, a worker and `prefect deploy`, where nothing else of Python is needed. */
export const prefectPackage = 'prefect>=3.9';
