package demoorg

import (
	"crypto/md5" // #nosec G501 -- Salesforce's checksum of a file
	"encoding/hex"
	"net/http"
	"path"
	"strconv"
	"strings"
	"time"
)

// fileRight is what a user may do with a file.
type fileRight int

const (
	noFile fileRight = iota
	viewsFile
	editsFile // may add a version, and share the file
	ownsFile
)

// fileRight tells what a user may do with a document: its owner anything, others as it is shared with them, with all, or with a record that
// they see.
func (o *Org) fileRight(user string, document *record) fileRight {
	if document == nil {
		return noFile
	}
	if document.text("OwnerId") == user {
		return ownsFile
	}
	right := noFile
	for _, l := range o.db.all(o.schema.object(documentLinkObject), false) {
		if l.text("ContentDocumentId") != document.id {
			continue
		}
		entity := o.db.live(l.get("LinkedEntityId"))
		switch {
		case entity == nil || entity.object.name == "User" && entity.id != user || !o.sees(entity.object):
		case len(o.seen(actor{userID: user}, entity.object, []*record{entity})) == 0:
		case l.text("ShareType") == "C" || l.text("ShareType") == "I" && o.mayEdit(entity.object):
			right = max(right, editsFile)
		default:
			right = max(right, viewsFile)
		}
	}
	return right
}

// documentOf is the document of a version or of a link, or the document itself; nil for any other record.
func (o *Org) documentOf(r *record) *record {
	switch r.object.name {
	case documentObject:
		return r
	case versionObject, documentLinkObject:
		return o.db.rows[r.text("ContentDocumentId")]
	}
	return nil
}

// hidesFile reports whether a record is of a file that the user does not see.
func (o *Org) hidesFile(who actor, r *record) bool {
	d := o.documentOf(r)
	return d != nil && o.fileRight(who.userID, d) == noFile
}

// mayChangeFile refuses a change of a file that the user may not make. needs is the least right for it.
func (o *Org) mayChangeFile(who actor, r *record, needs fileRight) *apiError {
	d := o.documentOf(r)
	switch {
	case d == nil:
		return nil
	case d.deleted:
		return bad("ENTITY_IS_DELETED", "entity is deleted")
	case o.fileRight(who.userID, d) < needs && !o.isAdministrator(who.userID):
		return refuse(http.StatusForbidden, "INSUFFICIENT_ACCESS_OR_READONLY", "insufficient access rights on object id")
	}
	return nil
}

// isAdministrator reports whether a user's profile may change all data.
func (o *Org) isAdministrator(user string) bool {
	u := o.db.live(user)
	return u != nil && o.db.live(u.get("ProfileId")).flag("PermissionsModifyAllData")
}

// ofFiles reports whether the records of an object belong to files.
func ofFiles(obj *object) bool {
	return obj.name == documentObject || obj.name == versionObject || obj.name == documentLinkObject
}

// changeFile does what a new or a changed record of a file brings about, where the user may do it.
func (o *Org) changeFile(who actor, r *record, changes map[string]any) *apiError {
	if !ofFiles(r.object) {
		return nil
	}
	if made := r.get("CreatedDate") == nil; made && r.object.name == versionObject {
		return o.completeVersion(who, r)
	} else if made {
		return o.checkLink(who, r)
	}
	needs := editsFile
	if _, moves := changes["OwnerId"]; moves {
		needs = ownsFile
	}
	if err := o.mayChangeFile(who, r, needs); err != nil {
		return err
	}
	o.retitle(who, r)
	return nil
}

// completeVersion derives a new version's fields, and makes its document, or makes it the latest version of the document it names.
func (o *Org) completeVersion(who actor, v *record) *apiError {
	now := o.now().UTC().Truncate(time.Second)
	data, name := string(v.values["VersionData"].(blob)), path.Base(strings.ReplaceAll(v.text("PathOnClient"), `\`, "/"))
	extension := strings.TrimPrefix(path.Ext(name), ".")
	sum := md5.Sum([]byte(data)) // #nosec G401 -- as above
	if v.text("Title") == "" {
		v.values["Title"] = strings.TrimSuffix(name, path.Ext(name))
	}
	v.values["FileExtension"], v.values["FileType"] = extension, fileType(extension)
	v.values["ContentSize"], v.values["Checksum"] = float64(len(data)), hex.EncodeToString(sum[:])
	v.values["ContentModifiedDate"], v.values["ContentModifiedById"], v.values["IsLatest"], v.values["ContentLocation"] = now, who.userID, true, "S"
	if v.get("ContentDocumentId") != nil {
		return o.nextVersion(who, v)
	}
	documents := o.schema.object(documentObject)
	d := &record{object: documents, id: o.db.nextID(documents), values: o.presets(documents, who)}
	d.values["Id"], d.values["OwnerId"], d.values["PublishStatus"] = d.id, v.text("OwnerId"), "P"
	v.values["ContentDocumentId"], v.values["VersionNumber"] = d.id, "1"
	o.publish(who, d, v)
	o.share(who, d.id, d.text("OwnerId"), "I")
	if at := v.text("FirstPublishLocationId"); at != "" && at != d.text("OwnerId") {
		how := "I" // as the record is shared
		if wholePlace(o.db.live(at)) {
			how = "V"
		}
		o.share(who, d.id, at, how)
	} else {
		v.values["FirstPublishLocationId"] = d.text("OwnerId")
	}
	return nil
}

// nextVersion makes v the latest version of its document.
func (o *Org) nextVersion(who actor, v *record) *apiError {
	d := o.documentOf(v)
	if v.get("FirstPublishLocationId") != nil {
		return bad("FIELD_INTEGRITY_EXCEPTION", "You cannot specify a first publish location for a new version of a document").on("FirstPublishLocationId")
	}
	if o.fileRight(who.userID, d) == noFile {
		return bad("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id")
	}
	if err := o.mayChangeFile(who, v, editsFile); err != nil {
		return err
	}
	last := o.db.rows[d.text("LatestPublishedVersionId")]
	n, _ := strconv.Atoi(last.text("VersionNumber"))
	v.values["VersionNumber"], v.values["OwnerId"] = strconv.Itoa(n+1), d.text("OwnerId")
	o.db.put(last.with(map[string]any{"IsLatest": false}), o.now())
	o.publish(who, d.with(nil), v)
	return nil
}

// publish stores a document with what its latest version says.
func (o *Org) publish(who actor, d, v *record) {
	for _, f := range []string{"Title", "FileExtension", "FileType", "ContentSize", "ContentModifiedDate"} {
		d.values[f] = v.values[f]
	}
	d.values["LatestPublishedVersionId"] = v.id
	o.stamp(who, d)
	o.db.put(d, o.now())
}

// share stores a link of a document.
func (o *Org) share(who actor, document, entity, how string) {
	links := o.schema.object(documentLinkObject)
	l := &record{object: links, id: o.db.nextID(links), values: map[string]any{
		"ContentDocumentId": document, "LinkedEntityId": entity, "ShareType": how, "Visibility": "AllUsers",
	}}
	l.values["Id"] = l.id
	o.stamp(who, l)
	o.db.put(l, o.now())
}

// checkLink refuses a new link that cannot be.
func (o *Org) checkLink(who actor, l *record) *apiError {
	entity, d := o.db.live(l.get("LinkedEntityId")), o.documentOf(l)
	if o.fileRight(who.userID, d) == noFile {
		return bad("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id")
	}
	if err := o.mayChangeFile(who, l, editsFile); err != nil {
		return err
	}
	switch {
	case wholePlace(entity) && l.text("ShareType") == "I":
		return bad("INVALID_INPUT", "Sharing type I is not allowed for a %s", entity.object.name).on("ShareType")
	case l.text("Visibility") == "SharedUsers" && entity.object.name != "User":
		return bad("INVALID_INPUT", "Visibility SharedUsers is not permitted for this linked record").on("Visibility")
	}
	for _, other := range o.db.all(l.object, false) {
		if other.text("ContentDocumentId") == d.id && other.text("LinkedEntityId") == entity.id {
			return bad("DUPLICATE_VALUE", "Document with ID: %s is already linked with the entity with ID: %s", d.id, entity.id)
		}
	}
	return nil
}

// wholePlace reports whether a file is shared with a user or with all, and not by way of a record.
func wholePlace(entity *record) bool {
	return entity != nil && (entity.object.name == "User" || entity.object.name == "Organization")
}

// removeFile deletes what goes with a document: its versions and links.
func (o *Org) removeFile(who actor, d *record) {
	for _, name := range []string{versionObject, documentLinkObject} {
		for _, r := range o.db.all(o.schema.object(name), false) {
			if r.text("ContentDocumentId") == d.id {
				o.bury(who, r)
			}
		}
	}
}

// retitle passes a changed title of the latest version on to its document.
func (o *Org) retitle(who actor, v *record) {
	if d := o.documentOf(v); v.object.name == versionObject && v.flag("IsLatest") && d != nil && d.text("Title") != v.text("Title") {
		d = d.with(map[string]any{"Title": v.text("Title")})
		o.stamp(who, d)
		o.db.put(d, o.now())
	}
}

func fileType(extension string) string {
	switch e := strings.ToUpper(extension); e {
	case "CSV", "PDF", "PNG", "JPG", "XML", "ZIP", "HTML":
		return e
	case "TXT":
		return "TEXT"
	}
	return "UNKNOWN"
}
