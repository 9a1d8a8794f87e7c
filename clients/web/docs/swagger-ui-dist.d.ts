/** What docs/viewer.ts uses of swagger-ui-dist, which has no types of its own. */
declare module "swagger-ui-dist/swagger-ui-es-bundle.js" {
  interface Viewer {
    preauthorizeApiKey(scheme: string, key: string): void;
  }
  export default function SwaggerUI(options: Record<string, unknown>): Viewer;
}
