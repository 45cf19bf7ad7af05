/** A stylesheet: imported for its effect by the client, as text by the server. */
declare module "*.css" {
  const text: string;
  export default text;
}
