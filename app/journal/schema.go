package journal

// migrations[n] brings a file from schema version n to n+1. They are never edited once released, only added to.
//
// Times are microseconds since 1970, 0 for none. Refs and activities are JSON, as package crm spells them; reasons are
// JSON as package fault spells them. They are read whole. No query of the running program looks into JSON: one damaged
// text would make it fail for every row. What a query needs has a column of its own.
var migrations = []string{
	`CREATE TABLE calls (
		id        TEXT PRIMARY KEY,            -- UUID of the call, Task.CallObject
		direction TEXT    NOT NULL,
		outcome   TEXT    NOT NULL DEFAULT '', -- '' while the call lives
		name      TEXT    NOT NULL DEFAULT '',
		company   TEXT    NOT NULL DEFAULT '',
		number    TEXT    NOT NULL DEFAULT '', -- as shown
		dial      TEXT    NOT NULL DEFAULT '', -- as dialled; '' when withheld
		called    TEXT    NOT NULL DEFAULT '',
		withheld  INTEGER NOT NULL DEFAULT 0,
		extension INTEGER NOT NULL DEFAULT 0,
		nolog     INTEGER NOT NULL DEFAULT 0,
		who       TEXT    NOT NULL DEFAULT '', -- JSON crm.Ref
		started   INTEGER NOT NULL,
		answered  INTEGER NOT NULL DEFAULT 0,
		ended     INTEGER NOT NULL DEFAULT 0,
		alive     INTEGER NOT NULL,            -- last time the call was known to live
		seen      INTEGER NOT NULL DEFAULT 0,
		search    TEXT    NOT NULL DEFAULT '', -- folded name, company and number
		digits    TEXT    NOT NULL DEFAULT ''  -- digits of number and dial
	);
	CREATE INDEX calls_started ON calls(started DESC, id DESC);
	CREATE INDEX calls_open    ON calls(id) WHERE ended = 0;
	CREATE INDEX calls_missed  ON calls(started DESC, id DESC) WHERE outcome = 'missed';
	CREATE INDEX calls_unseen  ON calls(id) WHERE outcome = 'missed' AND seen = 0;

	CREATE TABLE outbox (
		call       TEXT PRIMARY KEY REFERENCES calls(id),
		state      TEXT    NOT NULL CHECK (state IN ('draft','ready','sending','done','parked','discarded')),
		activity   TEXT    NOT NULL,            -- JSON crm.Activity, as it should be in the org
		task       TEXT    NOT NULL DEFAULT '', -- JSON crm.Ref, once the org has it
		check_first INTEGER NOT NULL DEFAULT 0, -- an attempt may have been written
		rev        INTEGER NOT NULL DEFAULT 1,  -- counts changes of activity
		rev_begun  INTEGER NOT NULL DEFAULT 0,  -- rev the attempt under way carries
		rev_oldest INTEGER NOT NULL DEFAULT 0,  -- lowest rev an unsettled attempt carried; 0 when none is unsettled
		attempts   INTEGER NOT NULL DEFAULT 0,
		due        INTEGER NOT NULL DEFAULT 0,
		hold       INTEGER NOT NULL DEFAULT 0,  -- the agent types: no update before that time
		reason     TEXT    NOT NULL DEFAULT ''
	);
	CREATE INDEX outbox_ready ON outbox(due) WHERE state = 'ready';
	CREATE INDEX outbox_open  ON outbox(call) WHERE state NOT IN ('done','discarded');

	CREATE TABLE known (
		number TEXT PRIMARY KEY,
		match  TEXT    NOT NULL, -- JSON crm.Match
		picked INTEGER NOT NULL DEFAULT 0,
		at     INTEGER NOT NULL
	);
	CREATE INDEX known_at ON known(at);`,

	// 2: whose a call is and what is to become of it. Drafts of calls that no rules ever want are freed here; those that
	// today's rules don't want are freed by freeOldDrafts, which can ask the rules.
	`ALTER TABLE calls ADD COLUMN account TEXT NOT NULL DEFAULT '';  -- id of the phone account
	ALTER TABLE calls ADD COLUMN org     TEXT NOT NULL DEFAULT '';   -- id of the org the call belongs to
	ALTER TABLE calls ADD COLUMN user    TEXT NOT NULL DEFAULT '';   -- id of that org's user
	ALTER TABLE calls ADD COLUMN object  TEXT NOT NULL DEFAULT '';   -- API name of the matched record's object
	ALTER TABLE calls ADD COLUMN verdict TEXT NOT NULL DEFAULT '';   -- crm.Log, so far or at the end; '' in old files
	ALTER TABLE calls ADD COLUMN word    TEXT NOT NULL DEFAULT '';   -- crm.Word
	ALTER TABLE calls ADD COLUMN cut     INTEGER NOT NULL DEFAULT 0; -- a crash ended it
	ALTER TABLE calls ADD COLUMN talked  INTEGER NOT NULL DEFAULT 0; -- microseconds, by a clock nobody sets; 0 when not known
	ALTER TABLE outbox ADD COLUMN account TEXT NOT NULL DEFAULT '';
	ALTER TABLE outbox ADD COLUMN org     TEXT NOT NULL DEFAULT '';
	ALTER TABLE outbox ADD COLUMN user    TEXT NOT NULL DEFAULT '';
	ALTER TABLE outbox ADD COLUMN unidentified INTEGER NOT NULL DEFAULT 0; -- the activity's
	ALTER TABLE outbox ADD COLUMN begun   INTEGER NOT NULL DEFAULT 0; -- when the first unsettled attempt began; 0 when all are settled
	ALTER TABLE outbox ADD COLUMN again   INTEGER NOT NULL DEFAULT 0; -- when one more look for surplus Tasks is due; 0 for none

	UPDATE calls SET verdict = 'no' WHERE nolog;
	ALTER TABLE calls DROP COLUMN nolog;
	UPDATE calls SET object = coalesce(json_extract(who, '$.object'), '') WHERE typeof(who) = 'text' AND json_valid(who);
	UPDATE outbox SET org = coalesce(json_extract(activity, '$.org'), ''), unidentified = coalesce(json_extract(activity, '$.unidentified'), 0)
		WHERE typeof(activity) = 'text' AND json_valid(activity);
	UPDATE calls SET org = o.org FROM outbox o WHERE o.call = calls.id AND o.org <> '';
	UPDATE outbox SET state = 'discarded' WHERE state = 'draft'
		AND call IN (SELECT id FROM calls WHERE ended > 0 AND outcome IN ('answered elsewhere', 'failed'));

	DROP INDEX outbox_ready;
	CREATE INDEX outbox_ready ON outbox(org, user, due) WHERE state = 'ready';
	CREATE INDEX outbox_again ON outbox(again) WHERE again > 0;
	CREATE INDEX outbox_odd   ON outbox(call) WHERE state NOT IN ('draft','ready','sending','done','parked','discarded');`,

	// 3: one index in place of two, with all that is counted of what is open: counting reads no row, and a row that becomes
	// ready costs one index less. It may run twice: from 3 to 2 it is one flipped bit.
	`DROP INDEX IF EXISTS outbox_ready;
	DROP INDEX IF EXISTS outbox_open;
	CREATE INDEX outbox_open ON outbox(state, org, user, due, check_first, task, reason) WHERE state NOT IN ('done','discarded');`,

	// 4: what the history tells of a call beside who and when. See already.
	`ALTER TABLE calls ADD COLUMN why     TEXT NOT NULL DEFAULT ''; -- fault: why nobody could talk
	ALTER TABLE calls ADD COLUMN earlier TEXT NOT NULL DEFAULT ''; -- names of those the call was with before`,

	// 5: which Tasks count against the bound on calls in which nobody talked. The times are those of the calls' ends.
	`ALTER TABLE outbox ADD COLUMN missed INTEGER NOT NULL DEFAULT 0; -- when a call that counts ended; 0 for the others
	CREATE INDEX outbox_missed ON outbox(org, user, missed) WHERE missed > 0;`,

	// 6: what the phone told of a call, which rules may go by, and the record that a rule has had made of it.
	`ALTER TABLE calls ADD COLUMN story   TEXT NOT NULL DEFAULT '';    -- JSON crm.Story
	ALTER TABLE outbox ADD COLUMN making INTEGER NOT NULL DEFAULT 0; -- when an attempt to make the record began that is not settled; 0 for none
	ALTER TABLE outbox ADD COLUMN made   TEXT NOT NULL DEFAULT '';    -- JSON crm.Ref of the record`,

	// 7: whether writing a call once more does no harm, and whether it is open with which record a call is. How older attempts
	// were made is not known: they count as made without the key.
	`ALTER TABLE outbox ADD COLUMN keyed INTEGER NOT NULL DEFAULT 0; -- every attempt that is not settled is an upsert by the call's id
	ALTER TABLE calls ADD COLUMN unasked INTEGER NOT NULL DEFAULT 0; -- the org has not said which record the call is with
	UPDATE calls SET unasked = 1 WHERE who = '' AND id IN (SELECT call FROM outbox WHERE unidentified);`,

	// 8: what is typed on the cards of records and not saved.
	`ALTER TABLE calls ADD COLUMN cards TEXT NOT NULL DEFAULT ''; -- JSON []Card
	CREATE INDEX calls_cards ON calls(started) WHERE cards <> '';`,

	// 9: missed calls that nobody has answered for. Of those of older versions it is not known: 2.
	`ALTER TABLE calls ADD COLUMN settled INTEGER NOT NULL DEFAULT 0; -- of a missed call: 1 once there was talk with the caller, or the agent has done with it
	UPDATE calls SET settled = 2 WHERE outcome = 'missed';
	CREATE INDEX calls_owed ON calls(started DESC, id DESC) WHERE outcome = 'missed' AND direction = 'Inbound' AND settled = 0 AND withheld = 0 AND extension = 0;`,
}

// already tells, by a query that only a file past a step can answer, that the step need not be done: the file's version may
// lie. Steps that may run twice have none.
var already = map[int]string{
	3: "SELECT why, earlier FROM calls LIMIT 0",
	4: "SELECT missed FROM outbox LIMIT 0",
	5: "SELECT c.story, o.making, o.made FROM calls c JOIN outbox o ON o.call = c.id LIMIT 0",
	6: "SELECT o.keyed, c.unasked FROM outbox o, calls c LIMIT 0",
	7: "SELECT cards FROM calls LIMIT 0",
	8: "SELECT settled FROM calls LIMIT 0",
}
