package salesforce

import (
	"context"
	"crypto/md5" // #nosec G501 -- Salesforce's checksum of a file
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path"
	"strings"
	"time"

	"linecard/crm"
	"linecard/fault"
)

// File is the latest version of a file in the org, without its content.
type File struct {
	Document, Version string // ids of the ContentDocument and the ContentVersion
	Number            string // of the version, from "1"
	Checksum          string // MD5 of the content, in hexadecimal digits; "" where the org does not tell
	Size              int    // in bytes
	Modified          time.Time
	By                FileUser // who made this version
	ChangedBy         string   // id of who changed the version's fields, such as its title, last
}

// FileUser is the user of a file.
type FileUser struct{ ID, Name, Username string }

// maxFiles bounds how many files of one name are looked at.
const maxFiles = 50

// FilesNamed finds the files with a name that the linked user sees, in their latest version, the latest one first. It takes one request. A user
// who may not see files sees none.
func (c *Client) FilesNamed(ctx context.Context, name string) ([]File, error) {
	extension := strings.TrimPrefix(path.Ext(name), ".")
	stem := strings.TrimSuffix(name, path.Ext(name))
	soql := fmt.Sprintf("SELECT Id, ContentDocumentId, VersionNumber, Checksum, ContentSize, ContentModifiedDate, CreatedById, CreatedBy.Name, CreatedBy.Username, LastModifiedById "+
		"FROM ContentVersion WHERE (Title = %s OR Title = %s) AND FileExtension = %s AND IsLatest = true ORDER BY ContentModifiedDate DESC LIMIT %d",
		soqlString(stem), soqlString(name), soqlString(extension), maxFiles)
	rows, _, err := c.rows(ctx, c.get("/query", url.Values{"q": {soql}}, c.cfg.WriteTimeout))
	if refusedAs(err, "INVALID_TYPE") {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var files []File
	for _, r := range rows {
		size, _ := r.value("ContentSize").(float64)
		f := File{
			Document: r.text("ContentDocumentId"), Version: r.text("Id"), Number: r.text("VersionNumber"), Checksum: r.text("Checksum"), Size: int(size),
			Modified: r.time("ContentModifiedDate", time.UTC), By: FileUser{r.text("CreatedById"), r.text("CreatedBy.Name"), r.text("CreatedBy.Username")}, ChangedBy: r.text("LastModifiedById"),
		}
		if recordID.MatchString(f.Version) && recordID.MatchString(f.Document) {
			files = append(files, f)
		}
	}
	return files, nil
}

// FileContent reads the content of a file, of most bytes at most, and checks that it is whole.
func (c *Client) FileContent(ctx context.Context, f File, most int) ([]byte, error) {
	if !recordID.MatchString(f.Version) {
		return nil, fault.Err(nil, "salesforce.record-strange")
	}
	var content []byte
	q := c.get("/sobjects/ContentVersion/"+f.Version+"/VersionData", nil, c.cfg.WriteTimeout)
	q.header = http.Header{"Accept": {"*/*"}}
	q.sink = func(_ http.Header, body io.Reader) (err error) {
		content, err = io.ReadAll(io.LimitReader(body, int64(most)+1))
		if err != nil {
			return unanswered(err, true)
		}
		sum := md5.Sum(content) // #nosec G401 -- as above
		if len(content) <= most && (f.Size != len(content) || f.Checksum != "" && !strings.EqualFold(f.Checksum, hex.EncodeToString(sum[:]))) {
			return garbled(http.StatusOK, errors.New("the file is not whole"), true)
		}
		return nil
	}
	if _, err := c.do(ctx, q, nil); err != nil {
		return nil, err
	}
	return content, nil
}

// PublishFile keeps content in the org: as the next version of a document, or as a new file where document is "". All users of the org may see
// it, and its owner alone may change it.
func (c *Client) PublishFile(ctx context.Context, name string, content []byte, document string) (File, error) {
	s, err := c.current()
	if err != nil {
		return File{}, err
	}
	fields := map[string]any{
		"PathOnClient": name, "Title": strings.TrimSuffix(name, path.Ext(name)), "VersionData": base64.StdEncoding.EncodeToString(content),
	}
	if document != "" {
		fields["ContentDocumentId"] = document
	}
	var made struct{ ID string }
	who := owner{s.org, s.user}
	if _, err := c.do(ctx, call{method: http.MethodPost, path: "/sobjects/ContentVersion", body: fields, owner: who, timeout: c.cfg.WriteTimeout, files: true}, &made); err != nil {
		return File{}, err
	}
	if !recordID.MatchString(made.ID) {
		return File{}, garbled(http.StatusCreated, errors.New("the new file has no id"), false)
	}
	var v row
	q := c.get("/sobjects/ContentVersion/"+made.ID, url.Values{"fields": {"ContentDocumentId,VersionNumber,ContentModifiedDate"}}, c.cfg.WriteTimeout)
	q.owner = who
	if _, err := c.do(ctx, q, &v); err != nil {
		return File{}, err
	}
	f := File{Document: v.text("ContentDocumentId"), Version: made.ID, Number: v.text("VersionNumber"), Size: len(content), Modified: v.time("ContentModifiedDate", time.UTC), By: FileUser{ID: s.user}}
	return f, c.shareWithAll(ctx, s, f.Document)
}

// shareWithAll lets all users of the org see a file.
func (c *Client) shareWithAll(ctx context.Context, s session, document string) error {
	if !recordID.MatchString(document) {
		return garbled(http.StatusOK, errors.New("the new file has no document"), true)
	}
	q := c.get("/query", url.Values{"q": {"SELECT Id FROM ContentDocumentLink WHERE ContentDocumentId = " + soqlString(document) + " AND LinkedEntityId = " + soqlString(s.org)}}, c.cfg.WriteTimeout)
	q.owner = owner{s.org, s.user}
	links, _, err := c.rows(ctx, q)
	if err != nil || len(links) > 0 {
		return err
	}
	_, err = c.do(ctx, call{
		method: http.MethodPost, path: "/sobjects/ContentDocumentLink", owner: q.owner, timeout: c.cfg.WriteTimeout, files: true,
		body: map[string]any{"ContentDocumentId": document, "LinkedEntityId": s.org, "ShareType": "V", "Visibility": "AllUsers"},
	}, nil)
	if refusedAs(err, "DUPLICATE_VALUE") { // somebody else has just shared it
		return nil
	}
	return err
}

// Administrators tells which users administer the org: those whose profile may change all data or the org's setup. known is false where the
// linked user may not know that. It takes one request.
func (c *Client) Administrators(ctx context.Context, users []string) (administers map[string]bool, known bool, err error) {
	var ids []string
	for _, id := range users {
		if recordID.MatchString(id) && strings.HasPrefix(id, "005") {
			ids = append(ids, soqlString(id))
		}
	}
	if len(ids) == 0 {
		return nil, true, nil
	}
	soql := "SELECT Id, Profile.PermissionsModifyAllData, Profile.PermissionsCustomizeApplication FROM User WHERE Id IN (" + strings.Join(ids, ", ") + ")"
	rows, _, err := c.rows(ctx, c.get("/query", url.Values{"q": {soql}}, c.cfg.WriteTimeout))
	if refusedAs(err, "INVALID_FIELD", "INVALID_TYPE") {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	administers = map[string]bool{}
	for _, r := range rows {
		administers[r.text("Id")] = r.flag("Profile.PermissionsModifyAllData") || r.flag("Profile.PermissionsCustomizeApplication")
	}
	return administers, true, nil
}

// MayNotChange reports whether an error says that the linked user may not change the file.
func MayNotChange(err error) bool {
	return refusedAs(err, "INSUFFICIENT_ACCESS_OR_READONLY", "INSUFFICIENT_ACCESS", "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY", "INVALID_CROSS_REFERENCE_KEY", "ENTITY_IS_DELETED")
}

// refusedAs reports whether the org refused a request with one of the codes.
func refusedAs(err error, codes ...string) bool {
	for _, e := range refusals(err) {
		for _, code := range codes {
			if e.Code == code {
				return true
			}
		}
	}
	return false
}

// fileStorageFull reports whether an error is about the storage of files, which is not that of records.
func fileStorageFull(q call, e *crm.Error) bool { return q.files && e.Code == "STORAGE_LIMIT_EXCEEDED" }
