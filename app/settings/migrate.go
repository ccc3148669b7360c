package settings

// fileVersion is the version of settings.toml that this program writes, kept in its key version. A file without that key is of version 1.
const fileVersion = 2

// migrations bring a document from the version at their index + 1 to the next. Each works on the raw document, so that it goes on
// meaning what it meant when it was written, whatever becomes of [Settings].
var migrations = []func(doc map[string]any, r *reading){toLists}

// migrate brings a document to the version of today and returns the version to write. One of a newer version is read as far as
// it is understood, and stays of that version.
func migrate(doc map[string]any, r *reading) int64 {
	version := int64(1)
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
// kinds of calls got the names they have everywhere else.
func toLists(doc map[string]any, r *reading) {
	account := takeTable(doc, "account", r)
	if account["server"] != nil && account["server"] != "" || account["user"] != nil && account["user"] != "" {
		doc["accounts"] = []any{account}
	}
	org := takeTable(doc, "salesforce", r)
	if pop, ok := cut(org, []string{"pop"}); ok {
		put(doc, []string{"records", "pop"}, pop)
	}
	for key, nothing := range map[string]string{"client_id": "", "org_id": "", "login_host": DefaultOrg().LoginHost} {
		if org[key] == nothing { // version 1 wrote every key
			delete(org, key)
		}
	}
	if len(org) > 0 {
		doc["orgs"] = []any{org}
	}
	if logging, ok := doc["logging"].(map[string]any); ok {
		rename(logging, "failed", "unanswered")
		rename(logging, "internal", "colleagues")
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

func rename(table map[string]any, from, to string) {
	if v, ok := cut(table, []string{from}); ok {
		table[to] = v
	}
}
