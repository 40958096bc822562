/** What a repository declares that reads services over HTTP, and what runs its tests. */
export const apiPackages = ['polars>=2.0', 'pandas>=3.0', 'pyarrow>=21', 'pydantic>=2.12', 'python-dotenv>=1.1', 'ruamel.yaml>=0.18.10', 'sqlalchemy>=2.0.40', 'httpx2>=2.13', 'stamina>=26.1', 'pytest>=9'];
