// What an app does with an org, done by jsforce: run by jsforce_test.go against the demo org.
//
//   node client.mjs URL CLIENT_ID REDIRECT CONTROL_URL DIGITS
//
// Prints one JSON object: what each step gave. The test judges it.
import jsforce from 'jsforce';

const [url, clientId, redirectUri, control, digits] = process.argv.slice(2);
const out = {};

const order = async (path, body) => {
  const res = await fetch(control + '/__standin/' + path, { method: 'POST', body: JSON.stringify(body ?? {}) });
  if (!res.ok) throw new Error(`${path}: ${res.status} ${await res.text()}`);
};

// Refusals are part of what is looked at.
const refusal = async (promise) => {
  try {
    await promise;
    return null;
  } catch (e) {
    return { code: e.errorCode ?? e.name, message: e.message };
  }
};

// The browser's part: the org approves by itself and sends the code to the redirect address.
const oauth2 = new jsforce.OAuth2({ loginUrl: url, clientId, redirectUri, useVerifier: true });
const page = oauth2.getAuthorizationUrl({ scope: 'api refresh_token openid', state: 'abc' });
const sent = await fetch(page, { redirect: 'manual' });
const back = new URL(sent.headers.get('location'));
out.state = back.searchParams.get('state');

const conn = new jsforce.Connection({ oauth2, instanceUrl: url, version: '60.0' });
const user = await conn.authorize(back.searchParams.get('code'));
out.user = user;
out.verifierLength = oauth2.codeVerifier?.length;

const identity = await conn.identity();
out.identity = { name: identity.display_name, org: identity.organization_id };

const hits = await conn.search(`FIND {${digits}} IN PHONE FIELDS RETURNING Contact(Id, Name, Phone, Account.Name), Lead(Id, Name)`);
out.hits = hits.searchRecords;

const task = await conn.sobject('Task').describe();
out.createable = task.fields.filter((f) => f.createable).map((f) => f.name);
out.objects = (await conn.describeGlobal()).sobjects.map((o) => o.name);

const closed = await conn.query('SELECT ApiName FROM TaskStatus WHERE IsClosed = true');
const made = await conn.sobject('Task').create({
  Subject: 'Inbound call from Dana Whitfield', Status: closed.records[0].ApiName, TaskSubtype: 'Call', CallType: 'Inbound',
  CallDurationInSeconds: 61, CallObject: 'jsforce-1', WhoId: out.hits[0].Id, ActivityDate: '2026-11-21',
});
out.made = made;

out.changed = await conn.sobject('Task').update({ Id: made.id, Description: 'Über 8 € & "quotes"\nsecond line' });
const again = await conn.query("SELECT Id, Subject, Description, Who.Name, Account.Name, IsClosed, CreatedDate FROM Task WHERE CallObject = 'jsforce-1'");
out.queried = again.records;

out.upserted = await conn.sobject('Task').upsert({ Linecard_Call_Id__c: 'key-1', Subject: 'By key' }, 'Linecard_Call_Id__c');
out.upsertedAgain = await conn.sobject('Task').upsert({ Linecard_Call_Id__c: 'key-1', Subject: 'By key, changed' }, 'Linecard_Call_Id__c');

out.collection = await conn.sobject('Task').create([{ Subject: 'One' }, { Subject: 'x'.repeat(256) }], { allOrNone: false });

const version = '/services/data/v60.0';
out.composite = await conn.request({
  method: 'POST', url: version + '/composite', headers: { 'Content-Type': 'application/json' },
  body: JSON.stringify({
    allOrNone: true,
    compositeRequest: [
      { method: 'POST', url: version + '/sobjects/Contact', referenceId: 'c', body: { LastName: 'Composite', Phone: '+14155550111' } },
      { method: 'POST', url: version + '/sobjects/Task', referenceId: 't', body: { Subject: 'For it', WhoId: '@{c.id}' } },
      { method: 'GET', url: version + '/sobjects/Task/@{t.id}?fields=Subject,WhoId', referenceId: 'r' },
    ],
  }),
});

out.refused = {
  column: await refusal(conn.query('SELECT Nope FROM Contact')),
  object: await refusal(conn.query('SELECT Id FROM Nope')),
  text: await refusal(conn.query('SELECT Id FRO Contact')),
  required: await refusal(conn.sobject('Contact').create({ FirstName: 'Nobody' })),
};

// More than one batch: jsforce follows nextRecordsUrl by itself.
const everyTask = await conn.query('SELECT Id FROM Task', { autoFetch: true, maxFetch: 100000, headers: { 'Sforce-Query-Options': 'batchSize=200' } });
out.fetched = { total: everyTask.totalSize, got: everyTask.records.length };

// The session ends in the middle of the work: one refresh, one replay.
let refreshes = 0;
conn.on('refresh', () => { refreshes += 1; });
await order('sessions/expire');
out.afterExpiry = (await conn.query('SELECT COUNT() FROM Contact')).totalSize;
out.refreshes = refreshes;

// Bulk API 2.0: jsforce makes the job, waits for it and follows the locators.
const rows = await (await conn.bulk2.query('SELECT Id, Name, Account.Name, Phone FROM Contact WHERE Phone != null', { pollInterval: 50, pollTimeout: 20000 })).toArray();
out.bulk = { rows: rows.length, first: rows[0] };
out.bulkRefused = await refusal(conn.bulk2.query('SELECT COUNT() FROM Contact', { pollInterval: 50, pollTimeout: 20000 }));

await conn.sobject('Task').destroy(made.id);
const hour = 60 * 60 * 1000;
const deleted = await conn.sobject('Task').deleted(new Date(Date.now() - hour), new Date(Date.now() + hour));
out.deleted = deleted.deletedRecords.map((d) => d.id);
out.gone = await refusal(conn.sobject('Task').retrieve(made.id));
out.limits = (await conn.limits()).DailyApiRequests;
out.limitInfo = conn.limitInfo;

const refreshToken = conn.refreshToken;
await conn.logoutByOAuth2(true);
out.afterRevoke = await refusal(oauth2.refreshToken(refreshToken));

console.log(JSON.stringify(out));
