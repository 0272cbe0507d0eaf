// An OpenID provider that is not ours, with two clients: the portal, and another application of the district.
// node oidc.mjs PORT REDIRECT_URI EMPLOYEES: JSON, by login name the employee number.
import Provider from "oidc-provider";

const [port, back, employees] = process.argv.slice(2);
const numbers = JSON.parse(employees);
const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: ["portal", "library"].map((name) => ({
    client_id: name,
    client_secret: `${name} keeps this one`,
    redirect_uris: [back],
  })),
  claims: { openid: ["sub", "employee_number"] },
  conformIdTokenClaims: false,
  cookies: { keys: ["for tests only"] },
  pkce: { required: () => true },
  findAccount: (_context, id) => ({
    accountId: id,
    claims: () => ({ sub: id, employee_number: numbers[id] }),
  }),
});
provider.listen(Number(port), "127.0.0.1", () => console.log("ready"));
