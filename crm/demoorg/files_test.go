package demoorg_test

import (
	"bytes"
	"crypto/md5" // #nosec G501 -- as below
	"encoding/base64"
	"encoding/hex"
	"mime/multipart"
	"net/textproto"
	"strings"
	"testing"

	"linecard/crm/demoorg"
)

// as is the client of another user.
func (c *client) as(org *demoorg.Org, username string) *client {
	other := *c
	other.token = org.TokenOf(username)
	return &other
}

// upload makes a file, and returns the ids of its version and its document.
func (c *client) upload(name, content string, more ...any) (version, document string) {
	c.t.Helper()
	fields := object{"PathOnClient": name, "VersionData": base64.StdEncoding.EncodeToString([]byte(content))}
	for i := 0; i < len(more); i += 2 {
		fields[more[i].(string)] = more[i+1]
	}
	version = c.create("ContentVersion", fields)
	document, _ = c.read("ContentVersion", version)["ContentDocumentId"].(string)
	return version, document
}

func (c *client) found(soql string) []object {
	c.t.Helper()
	return into[page](c.t, want(c.t, c.query(soql), 200)).Records
}

func userID(t *testing.T, c *client, username string) string {
	t.Helper()
	return c.found("SELECT Id FROM User WHERE Username = '" + username + "'")[0]["Id"].(string)
}

// A file is a document with its first version; its content is read as it is.
func TestAFileIsUploaded(t *testing.T) {
	_, c := start(t, demoorg.Config{Clock: fixedTime})
	content := "profile = 1\r\n\x00\xff  "
	v, d := c.upload(`C:\desks\linecard-profile.toml`, content)
	if !strings.HasPrefix(v, "068") || !strings.HasPrefix(d, "069") {
		t.Errorf("version %s of %s", v, d)
	}
	got := c.found("SELECT Id, Title, FileExtension, ContentSize, VersionNumber, IsLatest, Checksum, ContentModifiedDate, VersionData, CreatedBy.Name, " +
		"ContentDocument.LatestPublishedVersionId FROM ContentVersion WHERE Title = 'linecard-profile' AND FileExtension = 'toml' AND IsLatest = true")
	if len(got) != 1 {
		t.Fatalf("found %v", got)
	}
	sum := md5.Sum([]byte(content)) // #nosec G401 -- Salesforce's checksum of a file
	for field, want := range map[string]any{
		"Id": v, "ContentSize": 17.0, "VersionNumber": "1", "ContentModifiedDate": "2026-11-21T17:00:00.000+0000",
		"Checksum": hex.EncodeToString(sum[:]), "VersionData": "/services/data/v60.0/sobjects/ContentVersion/" + v + "/VersionData",
	} {
		if got[0][field] != want {
			t.Errorf("%s is %v, want %v", field, got[0][field], want)
		}
	}
	if by := got[0]["CreatedBy"].(object)["Name"]; by != "Riley Morgan" {
		t.Errorf("made by %v", by)
	}
	if latest := got[0]["ContentDocument"].(object)["LatestPublishedVersionId"]; latest != v {
		t.Errorf("the latest version is %v", latest)
	}
	a := want(t, c.rest("GET", "/sobjects/ContentVersion/"+v[:15]+"/VersionData", nil), 200)
	if a.header.Get("Content-Type") != "application/octet-stream" || string(a.body) != strings.TrimSpace(content) { // the test's client trims
		t.Errorf("content %q of type %s", a.body, a.header.Get("Content-Type"))
	}
	if a.header.Get("Content-Length") != "17" || a.header.Get("Sforce-Limit-Info") == "" {
		t.Errorf("header %v", a.header)
	}
	if d := c.read("ContentDocument", d); d["Title"] != "linecard-profile" || d["FileType"] != "UNKNOWN" || d["ContentSize"] != 17.0 {
		t.Errorf("document %v", d)
	}
}

// A version is added to a document: it is the latest one, and the earlier one stays.
func TestAFileHasVersions(t *testing.T) {
	_, c := start(t, demoorg.Config{})
	first, d := c.upload("a.toml", "one")
	second := c.create("ContentVersion", object{"PathOnClient": "b.toml", "Title": "a", "ContentDocumentId": d[:15], "VersionData": "dHdv"})
	rows := c.found("SELECT Id, VersionNumber, IsLatest FROM ContentVersion WHERE ContentDocumentId = '" + d + "' ORDER BY VersionNumber")
	if len(rows) != 2 || rows[0]["Id"] != first || rows[0]["IsLatest"] != false || rows[1]["Id"] != second || rows[1]["VersionNumber"] != "2" || rows[1]["IsLatest"] != true {
		t.Errorf("versions %v", rows)
	}
	if got := c.read("ContentDocument", d)["LatestPublishedVersionId"]; got != second {
		t.Errorf("the latest version is %v", got)
	}
	if a := c.rest("GET", "/sobjects/ContentVersion/"+first+"/VersionData", nil); string(a.body) != "one" {
		t.Errorf("the first version has %q", a.body)
	}
	want(t, c.rest("PATCH", "/sobjects/ContentVersion/"+second, object{"Title": "other"}), 204)
	if got := c.read("ContentDocument", d)["Title"]; got != "other" {
		t.Errorf("the document is called %v", got)
	}
}

// A file by a multipart message: fields first, then the content.
func TestAFileIsUploadedInParts(t *testing.T) {
	_, c := start(t, demoorg.Config{})
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	part, _ := w.CreatePart(textproto.MIMEHeader{"Content-Disposition": {`form-data; name="entity_content";`}, "Content-Type": {"application/json"}})
	_, _ = part.Write([]byte(`{"PathOnClient": "a.bin"}`))
	part, _ = w.CreatePart(textproto.MIMEHeader{"Content-Disposition": {`form-data; name="VersionData"; filename="a.bin"`}, "Content-Type": {"application/octet-stream"}})
	_, _ = part.Write([]byte("x\x00\x01y"))
	_ = w.Close()
	a := want(t, c.rest("POST", "/sobjects/ContentVersion", b.String(), "Content-Type", w.FormDataContentType()), 201)
	v := into[struct{ ID string }](t, a).ID
	if a := c.rest("GET", "/sobjects/ContentVersion/"+v+"/VersionData", nil); string(a.body) != "x\x00\x01y" {
		t.Errorf("content %q", a.body)
	}
	refused(t, c.rest("POST", "/sobjects/ContentVersion", "--x\r\nnonsense", "Content-Type", "multipart/form-data; boundary=x"), 400, "INVALID_MULTIPART_REQUEST")
}

// Only its owner and those it is shared with see a file: a user, all users of the org, those who see a record.
func TestAFileIsSeenByThoseItIsSharedWith(t *testing.T) {
	org, riley := start(t, demoorg.Config{})
	sam, nina := riley.as(org, demoorg.OtherUser), riley.as(org, "nina.petrov@acme-demo.example")
	v, d := riley.upload("a.toml", "one")
	sees := func(c *client) bool {
		t.Helper()
		rows := c.found("SELECT Id FROM ContentVersion WHERE ContentDocumentId = '" + d + "'")
		direct := c.rest("GET", "/sobjects/ContentVersion/"+v+"/VersionData", nil).status == 200
		if listed := len(rows) == 1; listed != direct || (c.rest("GET", "/sobjects/ContentDocument/"+d, nil).status == 200) != direct {
			t.Errorf("listed %v, read %v", listed, direct)
		}
		return direct
	}
	if !sees(riley) || sees(sam) || sees(nina) || sees(riley.as(org, demoorg.AdminUser)) {
		t.Error("a new file is not its owner's alone")
	}
	link := func(c *client, entity, how string) answer {
		return c.rest("POST", "/sobjects/ContentDocumentLink", object{"ContentDocumentId": d, "LinkedEntityId": entity, "ShareType": how})
	}
	refused(t, link(sam, org.ID(), "V"), 400, "INVALID_CROSS_REFERENCE_KEY")
	want(t, link(riley, userID(t, riley, demoorg.OtherUser), "V"), 201)
	if !sees(sam) || sees(nina) {
		t.Error("shared with Sam")
	}
	refused(t, link(sam, org.ID(), "V"), 403, "INSUFFICIENT_ACCESS_OR_READONLY")
	next := object{"PathOnClient": "a.toml", "ContentDocumentId": d, "VersionData": "dHdv"}
	refused(t, sam.rest("POST", "/sobjects/ContentVersion", next), 403, "INSUFFICIENT_ACCESS_OR_READONLY")
	refused(t, nina.rest("POST", "/sobjects/ContentVersion", next), 400, "INVALID_CROSS_REFERENCE_KEY")
	want(t, link(riley, userID(t, riley, "nina.petrov@acme-demo.example"), "C"), 201)
	want(t, nina.rest("POST", "/sobjects/ContentVersion", next), 201)
	all := riley.found("SELECT Id, LinkedEntityId, LinkedEntity.Type, ShareType, Visibility FROM ContentDocumentLink WHERE ContentDocumentId = '" + d + "'")
	if len(all) != 3 || all[0]["ShareType"] != "I" || all[1]["ShareType"] != "V" || all[1]["Visibility"] != "AllUsers" || all[2]["LinkedEntity"].(object)["Type"] != "User" {
		t.Errorf("links %v", all)
	}

	v, d = riley.upload("b.toml", "all")
	want(t, link(riley, org.ID(), "V"), 201)
	if !sees(sam) || !sees(nina) {
		t.Error("shared with all")
	}
	refused(t, link(riley, org.ID(), "V"), 400, "DUPLICATE_VALUE")
	refused(t, sam.rest("DELETE", "/sobjects/ContentDocument/"+d, nil), 403, "INSUFFICIENT_ACCESS_OR_READONLY")

	dana := person(t, org, "Dana Whitfield")
	v, d = riley.upload("c.toml", "of Dana", "FirstPublishLocationId", dana.ID)
	if !sees(sam) {
		t.Error("a file of a contact")
	}
	if rows := sam.found("SELECT ContentDocumentId, ContentDocument.Title FROM ContentDocumentLink WHERE LinkedEntityId IN ('" + dana.ID + "')"); len(rows) != 1 || rows[0]["ContentDocumentId"] != d {
		t.Errorf("Dana's files %v", rows)
	}
	org.SetRules(func(r *demoorg.Rules) { r.HiddenObjects = []string{"Contact"} })
	if sees(sam) || !sees(riley) {
		t.Error("a file of a contact that is not seen")
	}
}

// What Salesforce refuses, and a deleted file.
func TestFilesRefused(t *testing.T) {
	org, c := start(t, demoorg.Config{})
	data := base64.StdEncoding.EncodeToString([]byte("x"))
	_, d := c.upload("a.toml", "one")
	v, gone := c.upload("b.toml", "two")
	want(t, c.rest("DELETE", "/sobjects/ContentDocument/"+gone, nil), 204)
	refused(t, c.rest("GET", "/sobjects/ContentVersion/"+v+"/VersionData", nil), 404, "ENTITY_IS_DELETED")
	refused(t, c.rest("GET", "/sobjects/ContentDocument/"+gone, nil), 404, "ENTITY_IS_DELETED")
	if rows := c.found("SELECT Id FROM ContentVersion"); len(rows) != 1 {
		t.Errorf("after the deletion %v", rows)
	}
	if rows := into[page](t, c.rest("GET", "/queryAll?q=SELECT+Id+FROM+ContentVersion+WHERE+IsDeleted=true", nil)).Records; len(rows) != 1 {
		t.Errorf("in the recycle bin %v", rows)
	}
	for _, tt := range []struct {
		name, object string
		body         object
		status       int
		code         string
	}{
		{"no content", "ContentVersion", object{"PathOnClient": "a.txt"}, 400, "REQUIRED_FIELD_MISSING"},
		{"no name", "ContentVersion", object{"VersionData": data}, 400, "REQUIRED_FIELD_MISSING"},
		{"no base64", "ContentVersion", object{"PathOnClient": "a.txt", "VersionData": "?"}, 400, "JSON_PARSER_ERROR"},
		{"derived field", "ContentVersion", object{"PathOnClient": "a.txt", "VersionData": data, "VersionNumber": "7"}, 400, "INVALID_FIELD_FOR_INSERT_UPDATE"},
		{"version of a deleted file", "ContentVersion", object{"PathOnClient": "a.txt", "VersionData": data, "ContentDocumentId": gone}, 400, "ENTITY_IS_DELETED"},
		{"document of its own", "ContentDocument", object{"Title": "a"}, 403, "INSUFFICIENT_ACCESS"},
		{"link without a place", "ContentDocumentLink", object{"ContentDocumentId": d, "ShareType": "V"}, 400, "REQUIRED_FIELD_MISSING"},
		{"share type", "ContentDocumentLink", object{"ContentDocumentId": d, "LinkedEntityId": org.ID(), "ShareType": "X"}, 400, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"},
		{"inferred for all", "ContentDocumentLink", object{"ContentDocumentId": d, "LinkedEntityId": org.ID(), "ShareType": "I"}, 400, "INVALID_INPUT"},
		{"visibility", "ContentDocumentLink", object{"ContentDocumentId": d, "LinkedEntityId": org.ID(), "ShareType": "V", "Visibility": "SharedUsers"}, 400, "INVALID_INPUT"},
		{"link of a deleted file", "ContentDocumentLink", object{"ContentDocumentId": gone, "LinkedEntityId": org.ID(), "ShareType": "V"}, 400, "ENTITY_IS_DELETED"},
	} {
		t.Run(tt.name, func(t *testing.T) { refused(t, c.rest("POST", "/sobjects/"+tt.object, tt.body), tt.status, tt.code) })
	}
	refused(t, c.query("SELECT Id FROM ContentDocumentLink"), 400, "MALFORMED_QUERY")
	refused(t, c.query("SELECT Id FROM ContentDocumentLink WHERE ShareType = 'V' OR ContentDocumentId = '"+d+"'"), 400, "MALFORMED_QUERY")
	refused(t, c.query("SELECT Id FROM ContentVersion WHERE VersionData = 'x'"), 400, "INVALID_FIELD")
	refused(t, c.query("SELECT Id FROM Contact WHERE Id IN (SELECT LinkedEntityId FROM ContentDocumentLink)"), 400, "MALFORMED_QUERY")
	refused(t, c.rest("DELETE", "/sobjects/ContentVersion/"+c.found("SELECT Id FROM ContentVersion")[0]["Id"].(string), nil), 403, "INSUFFICIENT_ACCESS_OR_READONLY")
	file := object{"PathOnClient": "a.txt", "VersionData": data}
	org.SetRules(func(r *demoorg.Rules) { r.StorageFull = true })
	refused(t, c.rest("POST", "/sobjects/ContentVersion", file), 400, "STORAGE_LIMIT_EXCEEDED")
	org.SetRules(func(r *demoorg.Rules) { *r = demoorg.Rules{NoCreate: []string{"ContentVersion"}} })
	refused(t, c.rest("POST", "/sobjects/ContentVersion", file), 403, "INSUFFICIENT_ACCESS")
	org.SetRules(func(r *demoorg.Rules) { *r = demoorg.Rules{HiddenObjects: []string{"ContentVersion"}} })
	refused(t, c.query("SELECT Id FROM ContentVersion"), 400, "INVALID_TYPE")
}

// Who is an administrator is told by the user's profile.
func TestProfilesOfUsers(t *testing.T) {
	org, c := start(t, demoorg.Config{})
	const q = "SELECT Username, Profile.Name, Profile.PermissionsModifyAllData, Profile.PermissionsCustomizeApplication FROM User WHERE UserType = 'Standard'"
	administrators := func() (names []string) {
		for _, u := range c.found(q) {
			if p := u["Profile"].(object); p["PermissionsModifyAllData"] == true && p["PermissionsCustomizeApplication"] == true {
				names = append(names, u["Username"].(string))
			}
		}
		return names
	}
	if got := administrators(); len(got) != 1 || got[0] != demoorg.AdminUser {
		t.Errorf("administrators %v", got)
	}
	if err := org.SetAdministrator(demoorg.OtherUser, true); err != nil {
		t.Fatal(err)
	}
	if err := org.SetAdministrator(demoorg.AdminUser, false); err != nil {
		t.Fatal(err)
	}
	if got := administrators(); len(got) != 1 || got[0] != demoorg.OtherUser {
		t.Errorf("administrators %v", got)
	}
	org.SetRules(func(r *demoorg.Rules) { r.HiddenFields = []string{"Profile.PermissionsModifyAllData"} })
	refused(t, c.query(q), 400, "INVALID_FIELD")
}

// latest returns the current version of a file by its title; nil when the user sees none.
func (c *client) latest(title string) object {
	c.t.Helper()
	found := c.found("SELECT Id, ContentDocumentId, VersionNumber, ContentSize FROM ContentVersion WHERE Title = '" + title + "' AND IsLatest = TRUE")
	if len(found) != 1 {
		return nil
	}
	return found[0]
}
