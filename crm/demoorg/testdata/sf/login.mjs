// What a tool on @salesforce/core does, the library of the Salesforce CLI: its web login, and some requests. Run by sf_test.go against the
// demo org, in the folder of a project whose oauthLocalPort is the port of the redirect address.
//
//   node login.mjs URL CLIENT_ID PORT CONTROL_URL
//
// Prints one JSON object: what each step gave. The test judges it. The login is saved in HOME, for the CLI.
import { createRequire } from 'node:module';

const { WebOAuthServer, Connection } = createRequire(process.cwd() + '/')('@salesforce/core');
const [loginUrl, clientId, port, control] = process.argv.slice(2);
const out = {};

const server = await WebOAuthServer.create({ oauthConfig: { loginUrl, clientId, redirectUri: `http://localhost:${port}/OauthRedirect` } });
await server.start();
const saved = server.authorizeAndSave();
await fetch(server.getAuthorizationUrl()); // the browser's part: the org approves by itself
const authInfo = await saved;
const { username, orgId, instanceUrl } = authInfo.getFields();
out.login = { username, orgId, instanceUrl };

const conn = await Connection.create({ authInfo });
out.version = conn.getApiVersion();
out.grouped = (await conn.query('SELECT LeadSource, COUNT(Id) FROM Contact GROUP BY LeadSource')).records;
out.single = (await conn.singleRecordQuery("SELECT Name FROM Contact WHERE Name = 'Dana Whitfield'")).Name;
out.all = (await conn.autoFetchQuery('SELECT Id FROM Contact')).records.length;
out.views = (await conn.request(`/services/data/v${out.version}/sobjects/Contact/listviews`)).listviews.map((v) => v.developerName);

await fetch(control + '/__standin/sessions/expire', { method: 'POST' });
let refreshes = 0;
conn.on('refresh', () => refreshes++);
out.afterExpiry = (await conn.query('SELECT Id FROM Account')).records.length;
out.refreshes = refreshes;
process.stdout.write(JSON.stringify(out));
