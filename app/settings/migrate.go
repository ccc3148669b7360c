package settings

import "maps"

// fileVersion is the version of settings.toml that this program writes, kept in its key version. A file without that key is of version 1.
const fileVersion = 2

// profileVersion is the version of a profile's document without that key: there were no profiles before it.
const profileVersion = 2

// migrations bring a document from the version at their index + 1 to the next. Each works on the raw document, so that it goes on
// meaning what it meant when it was written, whatever becomes of [Settings].
var migrations = []func(doc map[string]any, r *reading){toLists}

// migrate brings a document to the version of today and returns the version to write; unsaid is its version where it does not say
// one. One of a newer version is read as far as it is understood, and stays of that version.
func migrate(doc map[string]any, unsaid int64, r *reading) int64 {
	version := unsaid
	if v, ok := doc["version"]; ok {
		delete(doc, "version")
		if version, ok = v.(int64); !ok || version < 1 {
			r.notice("settings.version-unreadable")
			version = fileVersion
		}
	}
	if version > fileVersion {
		r.notice("settings.version-newer", "version", version)
		return version
	}
	for ; version < fileVersion; version++ {
		migrations[version-1](doc, r)
	}
	return version
}

// toLists leads from version 1 to 2. The one account and the one org became lists, when a record opens is no longer told by the org, and two
// kinds of calls got the names they have everywhere else. A file without a version may also be one that a person wrote with the names of today,
// so only what version 1 had is taken, and nothing that is there by its new name is replaced: what is then left has a notice as an unknown key.
func toLists(doc map[string]any, r *reading) {
	if _, there := doc["accounts"]; !there {
		account := takeTable(doc, "account", r)
		if account["server"] != nil && account["server"] != "" || account["user"] != nil && account["user"] != "" {
			doc["accounts"] = []any{account}
		}
	}
	old := maps.Clone(takeTable(doc, "salesforce", r))
	if _, there := doc["orgs"]; !there {
		org := map[string]any{}
		for key, nothing := range map[string]string{"client_id": "", "org_id": "", "login_host": DefaultOrg().LoginHost} {
			if v, ok := cut(old, []string{key}); ok && v != nothing { // version 1 wrote every key
				org[key] = v
			}
		}
		if len(org) > 0 {
			doc["orgs"] = []any{org}
		}
	}
	if len(old) > 0 {
		doc["salesforce"] = old
	}
	rename(doc, []string{"salesforce", "pop"}, "records", "pop")
	rename(doc, []string{"logging", "failed"}, "logging", "unanswered")
	rename(doc, []string{"logging", "internal"}, "logging", "colleagues")
	if left, ok := doc["salesforce"].(map[string]any); ok && len(left) == 0 {
		delete(doc, "salesforce")
	}
}

// takeTable takes a table out of doc; one that is something else is lost, with a notice.
func takeTable(doc map[string]any, key string, r *reading) map[string]any {
	v, ok := cut(doc, []string{key})
	table, isTable := v.(map[string]any)
	if ok && !isTable {
		r.unreadable(key)
	}
	if table == nil {
		table = map[string]any{}
	}
	return table
}

// rename gives a value the key it has today, unless that key has a value or is in something that is no table.
func rename(doc map[string]any, from []string, table, name string) {
	in, isTable := doc[table].(map[string]any)
	if _, there := in[name]; there || !isTable && doc[table] != nil {
		return
	}
	if v, ok := cut(doc, from); ok {
		in, _ = doc[table].(map[string]any)
		in = maps.Clone(in) // what was read stays as it is
		if in == nil {
			in = map[string]any{}
		}
		in[name] = v
		doc[table] = in
	}
}
