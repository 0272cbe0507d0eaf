// A SAML identity provider that is not ours: a page that asks who you are, and an answer signed by its own library.
// node saml.mjs PORT KEY CERTIFICATE EMPLOYEES. The page's field `fault` spoils one thing of the answer.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import samlp from "samlp";

const [port, key, cert, employees] = process.argv.slice(2);
const numbers = JSON.parse(employees);
const issuer = `http://localhost:${port}/metadata`;
const PERSISTENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent";
const ADDRESS = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress";
const asked = [];

class Profile {
  constructor(name) {
    this.name = name;
  }
  getClaims() {
    return { employee_number: numbers[this.name] ?? "" };
  }
  getNameIdentifier() {
    return { nameIdentifier: this.name };
  }
}
function profile(name) {
  return new Profile(name);
}
profile.prototype.metadata = [];

const faults = {
  "": {},
  audience: { audience: "https://another.example.org/metadata" },
  recipient: { recipient: "https://another.example.org/acs" },
  unsigned: { signAssertion: false },
  stale: { lifetimeInSeconds: -300 },
  weak: { signatureAlgorithm: "rsa-sha1", digestAlgorithm: "sha1" },
  unasked: { inResponseTo: "_somethingelse" },
  address: { nameIdentifierFormat: ADDRESS },
};

createServer(async (req, res) => {
  const address = new URL(req.url, `http://localhost:${port}`);
  res.set = (name, value) => res.setHeader(name, value);
  res.send = (body) => res.end(typeof body === "number" ? String(body) : body);
  req.query = Object.fromEntries(address.searchParams);
  req.originalUrl = req.url;
  req.protocol = "http";
  const common = { issuer, key: readFileSync(key), cert: readFileSync(cert).toString(), profileMapper: profile };
  if (address.pathname === "/metadata") {
    return samlp.metadata({ ...common, redirectEndpointPath: "/sso", postEndpointPath: "/sso" })(req, res);
  }
  if (address.pathname === "/asked") return res.end(JSON.stringify(asked));
  if (req.method === "GET") {
    samlp.parseRequest(req, (_problem, data) => asked.push(data ?? {}));
    res.set("Content-Type", "text/html");
    return res.end('<form method="post"><input name="user" autofocus><input name="fault"><button>Sign in</button></form>');
  }
  let body = "";
  for await (const part of req) body += part;
  const said = new URLSearchParams(body);
  samlp.auth({
    ...common,
    ...{ nameIdentifierFormat: PERSISTENT, lifetimeInSeconds: 120 },
    getUserFromRequest: () => said.get("user"),
    getPostURL: (_audience, request, _req, done) => {
      done(null, request.documentElement.getAttribute("AssertionConsumerServiceURL"));
    },
    recipient: process.env.ACS,
    destination: process.env.ACS,
    ...faults[said.get("fault") ?? ""],
  })(req, res, (problem) => {
    res.statusCode = 500;
    res.end(String(problem));
  });
}).listen(Number(port), "127.0.0.1", () => console.log("ready"));
