package demoorg_test

import (
	"bytes"
	"encoding/base64"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"strings"
	"testing"

	"linecard/crm/demoorg"
)

// upload makes a file, or a version of one.
func (c *client) upload(name, content string, more object) string {
	c.t.Helper()
	fields := object{"Title": name, "PathOnClient": name, "VersionData": base64.StdEncoding.EncodeToString([]byte(content))}
	for k, v := range more {
		fields[k] = v
	}
	return c.create("ContentVersion", fields)
}

// latest returns the current version of a file by its title; nil when the user sees none.
func (c *client) latest(title string) object {
	c.t.Helper()
	p := into[page](c.t, want(c.t, c.query("SELECT Id, ContentDocumentId, VersionNumber, VersionData, ContentSize, Checksum, FileType, FileExtension, LastModifiedDate FROM ContentVersion WHERE Title = '"+title+"' AND IsLatest = TRUE"), 200))
	if len(p.Records) == 0 {
		return nil
	}
	if len(p.Records) > 1 {
		c.t.Errorf("%d files", len(p.Records))
	}
	return p.Records[0]
}

func TestFiles(t *testing.T) {
	org, c := start(t, demoorg.Config{})
	id := c.upload("linecard.toml", "[logging]\nmode = \"ask\"\n", nil)
	v := c.latest("linecard.toml")
	if v["Id"] != id || v["VersionNumber"] != "1" || v["ContentSize"] != 23.0 || v["FileExtension"] != "toml" || v["Checksum"] != "47a5a5dfd94cb2ff6fd7a2a0bd5b4b6e" && len(v["Checksum"].(string)) != 32 {
		t.Errorf("%v", v)
	}
	a := want(t, c.send("GET", v["VersionData"].(string), nil), 200)
	if string(a.body) != "[logging]\nmode = \"ask\"" || a.header.Get("Content-Type") != "application/octetstream" { // the test's client trims
		t.Errorf("%q as %s", a.body, a.header.Get("Content-Type"))
	}

	// Another version: the old one stays, and is not the latest.
	document := v["ContentDocumentId"].(string)
	second := c.upload("linecard.toml", "[logging]\nmode = \"always\"\n", object{"ContentDocumentId": document})
	if v := c.latest("linecard.toml"); v["Id"] != second || v["VersionNumber"] != "2" || v["ContentDocumentId"] != document {
		t.Errorf("%v", v)
	}
	if n := into[page](t, want(t, c.query("SELECT Id FROM ContentVersion WHERE ContentDocumentId = '"+document+"'"), 200)).TotalSize; n != 2 {
		t.Errorf("%d versions", n)
	}
	if d := c.read("ContentDocument", document); d["LatestPublishedVersionId"] != second || d["Title"] != "linecard.toml" {
		t.Errorf("%v", d)
	}

	// Nobody else sees it until it is shared, with the whole org or at a record that they see.
	other := &client{t: t, url: c.url, http: c.http, token: org.TokenOf("sam.okoro@acme-demo.example")}
	if other.latest("linecard.toml") != nil {
		t.Error("another user sees it")
	}
	refused(t, other.rest("GET", "/sobjects/ContentVersion/"+id+"/VersionData", nil), 404, "NOT_FOUND")
	link := c.create("ContentDocumentLink", object{"ContentDocumentId": document, "LinkedEntityId": org.ID(), "ShareType": "V", "Visibility": "AllUsers"})
	if v := other.latest("linecard.toml"); v == nil || v["Id"] != second {
		t.Errorf("shared with the org: %v", v)
	}
	links := into[page](t, want(t, c.query("SELECT LinkedEntityId, ShareType FROM ContentDocumentLink WHERE ContentDocumentId = '"+document+"'"), 200))
	if links.TotalSize != 2 {
		t.Errorf("%v", links.Records)
	}
	want(t, c.rest("DELETE", "/sobjects/ContentDocumentLink/"+link, nil), 204)
	if other.latest("linecard.toml") != nil {
		t.Error("it is shared no more, and another user sees it")
	}
	c.upload("note.txt", "hello", object{"FirstPublishLocationId": person(t, org, "Dana Whitfield").ID})
	if other.latest("note.txt") == nil {
		t.Error("a file at a record is not seen")
	}

	want(t, c.rest("DELETE", "/sobjects/ContentDocument/"+document, nil), 204)
	if c.latest("linecard.toml") != nil {
		t.Error("the versions outlive the file")
	}
}

func TestFilesRefused(t *testing.T) {
	org, c := start(t, demoorg.Config{})
	if p := refused(t, c.rest("POST", "/sobjects/ContentVersion", object{"Title": "x", "PathOnClient": "x"}), 400, "REQUIRED_FIELD_MISSING"); p.Fields[0] != "VersionData" {
		t.Errorf("%+v", p)
	}
	refused(t, c.rest("POST", "/sobjects/ContentVersion", object{"VersionData": "eA=="}), 400, "REQUIRED_FIELD_MISSING")
	refused(t, c.rest("POST", "/sobjects/ContentVersion", object{"PathOnClient": "x", "VersionData": "no base64!"}), 400, "JSON_PARSER_ERROR")
	id := c.upload("a.txt", "a", nil)
	document := c.latest("a.txt")["ContentDocumentId"].(string)
	refused(t, c.rest("DELETE", "/sobjects/ContentVersion/"+id, nil), 403, "INSUFFICIENT_ACCESS_OR_READONLY")
	refused(t, c.rest("POST", "/sobjects/ContentDocument", object{"Title": "x"}), 403, "INSUFFICIENT_ACCESS")
	if p := refused(t, c.query("SELECT Id FROM ContentDocumentLink"), 400, "MALFORMED_QUERY"); !strings.Contains(p.Message, "requires a filter by a single Id") {
		t.Errorf("%+v", p)
	}
	want(t, c.query("SELECT Id FROM ContentDocumentLink WHERE LinkedEntityId IN ('"+org.ID()+"')"), 200)
	refused(t, c.query("SELECT Id FROM ContentVersion WHERE VersionData != null"), 400, "INVALID_FIELD")
	refused(t, c.rest("POST", "/sobjects/ContentDocumentLink", object{"ContentDocumentId": document, "LinkedEntityId": document}), 400, "FIELD_INTEGRITY_EXCEPTION")
	org.SetRules(func(r *demoorg.Rules) { r.HiddenObjects = []string{"ContentVersion"} })
	refused(t, c.query("SELECT Id FROM ContentVersion"), 400, "INVALID_TYPE")
}

// A file may come as it is, in a multipart message, with the fields in a part of their own.
func TestFilesInPieces(t *testing.T) {
	_, c := start(t, demoorg.Config{})
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	part := func(disposition, kind, content string) {
		p, err := w.CreatePart(textproto.MIMEHeader{"Content-Disposition": {disposition}, "Content-Type": {kind}})
		if err != nil {
			t.Fatal(err)
		}
		_, _ = p.Write([]byte(content))
	}
	part(`form-data; name="entity_content"`, "application/json", `{"PathOnClient":"sound.wav","ReasonForChange":"new"}`)
	part(`form-data; name="VersionData"; filename="sound.wav"`, "application/octet-stream", "RIFF\x00\xff\x80data")
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	a := want(t, c.rest("POST", "/sobjects/ContentVersion", body.String(), "Content-Type", w.FormDataContentType()), http.StatusCreated)
	v := c.latest("sound")
	if v == nil || v["Id"] != into[struct{ ID string }](t, a).ID || v["FileType"] != "WAV" {
		t.Fatalf("%v", v)
	}
	if got := want(t, c.send("GET", v["VersionData"].(string), nil), 200).body; string(got) != "RIFF\x00\xff\x80data" {
		t.Errorf("%q", got)
	}
	refused(t, c.rest("POST", "/sobjects/ContentVersion", "--x--", "Content-Type", "multipart/form-data; boundary=x"), 400, "INVALID_MULTIPART_REQUEST")
}
