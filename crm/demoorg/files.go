package demoorg

import (
	"bytes"
	"crypto/md5"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"

	"linecard/crm/demoorg/soql"
)

// Salesforce Files: a ContentVersion is one version of a file, with its content in VersionData; its ContentDocument is the file, and a
// ContentDocumentLink shares that with a user, the whole org, or whoever sees a record. (Object Reference: ContentVersion,
// ContentDocument, ContentDocumentLink; REST API Developer Guide: Insert or Update Blob Data, Get Blob Data.)

const (
	versionObject  = "ContentVersion"
	documentObject = "ContentDocument"
	linkObject     = "ContentDocumentLink"
	versionData    = "VersionData"
)

func contentVersionObject() *object {
	o := newObject(versionObject, "Content Version", "Content Versions", "068",
		text("Title", "Title", 255).naming(),
		text("PathOnClient", "Path On Client", 500).mandatory().onCreate(),
		field{name: versionData, label: "Version Data", kind: kBase64, required: true},
		area("Description", "Description", 1000),
		area("ReasonForChange", "Reason For Change", 1000),
		reference("ContentDocumentId", "ContentDocument ID", "ContentDocument", "ContentVersions", documentObject).onCreate(),
		reference("FirstPublishLocationId", "First Publish Location ID", "FirstPublishLocation", "",
			"User", "Organization", "Account", "Contact", "Lead", "Opportunity", "Case", "Task").onCreate(),
		flag("IsLatest", "Is Latest").readOnly(),
		text("VersionNumber", "Version Number", 20).readOnly(),
		text("FileType", "File Type", 20).readOnly(), text("FileExtension", "File Extension", 40).readOnly(),
		number("ContentSize", "Size", 9).readOnly(), text("Checksum", "Checksum", 50).readOnly(),
		picklist("Origin", "Content Origin", 40, "C", "H").preset(), picklist("ContentLocation", "Content Location", 40, "S", "E", "L").preset())
	o.business("")
	o.searchable = false
	return o
}

func contentDocumentObject() *object {
	o := newObject(documentObject, "Content Document", "Content Documents", "069",
		text("Title", "Title", 255).mandatory().naming(), area("Description", "Description", 1000),
		reference("LatestPublishedVersionId", "Latest Published Version ID", "LatestPublishedVersion", "", versionObject).readOnly(),
		text("FileType", "File Type", 20).readOnly(), text("FileExtension", "File Extension", 40).readOnly(),
		number("ContentSize", "Size", 9).readOnly())
	o.business("")
	o.searchable = false
	return o
}

func contentLinkObject() *object {
	o := newObject(linkObject, "Content Document Link", "Content Document Links", "06A",
		reference("ContentDocumentId", "ContentDocument ID", "ContentDocument", "ContentDocumentLinks", documentObject).mandatory().onCreate(),
		reference("LinkedEntityId", "Linked Entity ID", "LinkedEntity", "ContentDocumentLinks",
			"User", "Organization", "Account", "Contact", "Lead", "Opportunity", "Case", "Task").mandatory().onCreate(),
		picklist("ShareType", "Share Type", 40, "V", "C", "I").strict().preset(),
		picklist("Visibility", "Visibility", 40, "AllUsers", "InternalUsers", "SharedUsers").strict().preset())
	o.system()
	return o
}

// fields reads the body of a new or changed record: JSON, or a multipart message of which one part is JSON and the others are the
// content of the fields that they are named after.
func (c *call) fields() (map[string]any, *apiError) {
	var in map[string]any
	kind, params, _ := mime.ParseMediaType(c.header.Get("Content-Type"))
	if !strings.HasPrefix(kind, "multipart/") {
		return in, decodeObject(c.body, &in)
	}
	content := map[string]any{}
	parts := multipart.NewReader(bytes.NewReader(c.body), params["boundary"])
	for {
		p, err := parts.NextRawPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, bad("INVALID_MULTIPART_REQUEST", "Multipart message cannot be parsed: %v", err)
		}
		b, err := io.ReadAll(p)
		if err != nil {
			return nil, bad("INVALID_MULTIPART_REQUEST", "Multipart message cannot be parsed: %v", err)
		}
		if kind, _, _ := mime.ParseMediaType(p.Header.Get("Content-Type")); kind == "application/json" {
			if err := decodeObject(b, &in); err != nil {
				return nil, err
			}
			continue
		}
		content[p.FormName()] = base64.StdEncoding.EncodeToString(b)
		if name := p.FileName(); name != "" && content["PathOnClient"] == nil {
			content["PathOnClient"] = name
		}
	}
	if in == nil {
		return nil, bad("INVALID_MULTIPART_REQUEST", "Multipart message must include a non-binary part")
	}
	for k, v := range content {
		if _, given := in[k]; !given {
			in[k] = v
		}
	}
	return in, nil
}

// blob is the content of a file.
type blob []byte

func parseBlob(f *field, v any) (any, *apiError) {
	s, isText := v.(string)
	b, err := base64.StdEncoding.DecodeString(s)
	if err != nil || !isText {
		return nil, bad("JSON_PARSER_ERROR", "Cannot deserialize instance of base64 from %s value or request may be missing a required field", f.name)
	}
	return blob(b), nil
}

// value is a field of a record as JSON has it; the content of a file is the address where it is read.
func (c *call) value(r *record, f *field, v any) any {
	if f.kind == kBase64 && v != nil {
		return c.base() + "/sobjects/" + r.object.name + "/" + r.id + "/" + f.name
	}
	return jsonValue(v)
}

// blobOf serves /sobjects/{object}/{id}/{field of type base64}.
func (o *Org) blobOf(c *call, obj *object, id string, f *field) (reply, *apiError) {
	if err := c.allow(http.MethodGet); err != nil {
		return reply{}, err
	}
	r := o.db.find(id)
	if r == nil || r.object != obj || r.deleted || len(o.seen(c.who, obj, []*record{r})) == 0 {
		return reply{}, errNotFound()
	}
	b, _ := r.get(f.name).(blob)
	header := http.Header{"Content-Type": {"application/octetstream"}, "Content-Length": {strconv.Itoa(len(b))}}
	return reply{status: http.StatusOK, header: header, stream: func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusOK)
		_, _ = w.Write(b)
	}}, nil
}

// fileTypes are what files are called by their extension.
var fileTypes = map[string]string{"": "UNKNOWN", "txt": "TEXT", "toml": "UNKNOWN", "csv": "CSV", "json": "JSON", "pdf": "PDF", "png": "PNG", "wav": "WAV", "xml": "XML", "html": "HTML"}

// deriveFile sets what the org knows of a file by its content, and the file that a first version makes.
func (o *Org) deriveFile(who actor, r *record) {
	content, _ := r.get(versionData).(blob)
	if r.get("Checksum") != nil {
		return // it is there already; another content is another version
	}
	sum := md5.Sum(content) // as Salesforce has it
	extension := strings.TrimPrefix(strings.ToLower(path.Ext(strings.ReplaceAll(r.text("PathOnClient"), `\`, "/"))), ".")
	kind := fileTypes[extension]
	if kind == "" {
		kind = "UNKNOWN"
	}
	name := path.Base(strings.ReplaceAll(r.text("PathOnClient"), `\`, "/"))
	if r.get("Title") == nil {
		r.values["Title"] = strings.TrimSuffix(name, path.Ext(name))
	}
	r.values["Checksum"], r.values["ContentSize"], r.values["FileType"], r.values["IsLatest"] = hex.EncodeToString(sum[:]), float64(len(content)), kind, true
	if extension != "" {
		r.values["FileExtension"] = extension
	}
	document := o.db.live(r.get("ContentDocumentId"))
	if document == nil {
		document = &record{object: o.schema.object(documentObject), values: map[string]any{"OwnerId": r.get("OwnerId")}}
		document.id = o.db.nextID(document.object)
		document.values["Id"] = document.id
		r.values["ContentDocumentId"], r.values["VersionNumber"] = document.id, "1"
		o.putFile(who, document)
		o.share(who, document.id, r.text("OwnerId"), "I")
		if at := r.text("FirstPublishLocationId"); at != "" && at != r.text("OwnerId") {
			o.share(who, document.id, at, "V")
		}
	} else {
		n := 1
		for _, other := range o.db.all(r.object, false) {
			if other.text("ContentDocumentId") == document.id {
				n++
				if other.flag("IsLatest") {
					o.db.put(other.with(map[string]any{"IsLatest": false}), o.now())
				}
			}
		}
		r.values["VersionNumber"] = strconv.Itoa(n)
	}
	o.putFile(who, document.with(map[string]any{
		"Title": r.get("Title"), "LatestPublishedVersionId": r.id, "FileType": kind, "FileExtension": r.get("FileExtension"), "ContentSize": r.get("ContentSize"),
		"Description": r.get("Description"),
	}))
}

func (o *Org) putFile(who actor, r *record) {
	o.stamp(who, r)
	o.db.put(r, o.now())
}

func (o *Org) share(who actor, document, with, as string) {
	l := &record{object: o.schema.object(linkObject), values: map[string]any{
		"ContentDocumentId": document, "LinkedEntityId": with, "ShareType": as, "Visibility": "AllUsers",
	}}
	l.id = o.db.nextID(l.object)
	l.values["Id"] = l.id
	o.putFile(who, l)
}

// deleteFile deletes the versions and the links of a file with it.
func (o *Org) deleteFile(who actor, document string) {
	for _, name := range []string{versionObject, linkObject} {
		for _, r := range o.db.all(o.schema.object(name), false) {
			if r.text("ContentDocumentId") == document {
				gone := r.with(map[string]any{"IsDeleted": true})
				gone.deleted = true
				o.stamp(who, gone)
				o.db.put(gone, o.now())
			}
		}
	}
}

// readsFile reports whether a user may see a file: an own one, one that is shared with the user or the org, or one at a record that the
// user sees.
func (o *Org) readsFile(who actor, document string) bool {
	for _, l := range o.db.all(o.schema.object(linkObject), false) {
		if l.text("ContentDocumentId") != document {
			continue
		}
		with := l.text("LinkedEntityId")
		if with == who.userID || with == o.orgID {
			return true
		}
		if r := o.db.live(with); r != nil && r.object.name != "User" && o.sees(r.object) && len(o.seen(who, r.object, []*record{r})) == 1 {
			return true
		}
	}
	return false
}

// seenFiles leaves out files, versions and links of files that a user may not see.
func (o *Org) seenFiles(who actor, obj *object, rows []*record) []*record {
	known := map[string]bool{}
	return slices.DeleteFunc(slices.Clone(rows), func(r *record) bool {
		document := r.id
		if obj.name != documentObject {
			document = r.text("ContentDocumentId")
		}
		sees, told := known[document]
		if !told {
			sees = o.readsFile(who, document)
			known[document] = sees
		}
		return !sees
	})
}

// checkLinkQuery refuses a query of links that names neither a file nor what it is linked to.
func checkLinkQuery(obj *object, q *soql.Query) *apiError {
	if obj.name != linkObject {
		return nil
	}
	terms := []soql.Expr{q.Where}
	if l, isLogical := q.Where.(*soql.Logical); isLogical && !l.Or {
		terms = l.Terms
	}
	for _, t := range terms {
		var f soql.Field
		switch t := t.(type) {
		case *soql.Comparison:
			if t.Op == soql.Equal {
				f = t.Field
			}
		case *soql.Membership:
			if !t.Not {
				f = t.Field
			}
		}
		if strings.EqualFold(f.String(), "ContentDocumentId") || strings.EqualFold(f.String(), "LinkedEntityId") {
			return nil
		}
	}
	return bad("MALFORMED_QUERY", "Implementation restriction: ContentDocumentLink requires a filter by a single Id on ContentDocumentId or LinkedEntityId "+
		"using the equals operator or multiple Id's using the IN operator.")
}
