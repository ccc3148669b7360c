package demoorg

import "time"

// The objects of Salesforce Files, and Profile, which says who is an administrator.
const (
	documentObject     = "ContentDocument"
	versionObject      = "ContentVersion"
	documentLinkObject = "ContentDocumentLink"
)

// linkable are the objects with whose records a file may be shared.
var linkable = []string{"User", "Organization", "Account", "Contact", "Lead", "Opportunity", "Case", "Task"}

func contentDocumentObject() *object {
	o := newObject(documentObject, "Content Document", "Content Documents", "069",
		text("Title", "Title", 255).naming(), area("Description", "Description", 1000),
		text("FileExtension", "File Extension", 40).readOnly(), text("FileType", "File Type", 20).readOnly(),
		number("ContentSize", "Size", 9).readOnly(), typed("ContentModifiedDate", "Content Modified Date", kDateTime).readOnly(),
		reference("LatestPublishedVersionId", "Latest Published Version ID", "LatestPublishedVersion", "", versionObject).readOnly(),
		picklist("PublishStatus", "Publish Status", 40, "P", "R", "U").readOnly(), flag("IsArchived", "Is Archived").readOnly(),
		reference("OwnerId", "Owner ID", "Owner", "", "User").preset())
	o.noCreate = true // it comes with its first version
	o.system()
	return o
}

func contentVersionObject() *object {
	o := newObject(versionObject, "Content Version", "Content Versions", "068",
		reference("ContentDocumentId", "ContentDocument ID", "ContentDocument", "ContentVersions", documentObject).onCreate().preset(),
		text("Title", "Title", 255).naming().preset(), area("Description", "Description", 1000), area("ReasonForChange", "Reason For Change", 1000),
		text("PathOnClient", "Path On Client", 500).onCreate().mandatory(),
		field{name: "VersionData", label: "Version Data", kind: kBase64, required: true, noUpdate: true},
		text("VersionNumber", "Version Number", 20).readOnly(), flag("IsLatest", "Is Latest").readOnly(),
		text("FileExtension", "File Extension", 40).readOnly(), text("FileType", "File Type", 20).readOnly(),
		number("ContentSize", "Size", 9).readOnly(), text("Checksum", "Checksum", 50).readOnly(),
		typed("ContentModifiedDate", "Content Modified Date", kDateTime).readOnly(),
		reference("ContentModifiedById", "Content Modified By ID", "ContentModifiedBy", "", "User").readOnly(),
		reference("FirstPublishLocationId", "First Publish Location ID", "FirstPublishLocation", "", linkable...).onCreate(),
		picklist("ContentLocation", "Content Location", 40, "S", "E", "L").onCreate().preset(),
		reference("OwnerId", "Owner ID", "Owner", "", "User").preset())
	o.noDelete = true // it goes with its document
	o.system()
	return o
}

func contentDocumentLinkObject() *object {
	o := newObject(documentLinkObject, "Content Document Link", "Content Document Links", "06A",
		reference("LinkedEntityId", "Linked Entity ID", "LinkedEntity", "ContentDocumentLinks", linkable...).onCreate().mandatory(),
		reference("ContentDocumentId", "ContentDocument ID", "ContentDocument", "ContentDocumentLinks", documentObject).onCreate().mandatory(),
		picklist("ShareType", "Share Type", 40, "V", "C", "I").strict().mandatory(),
		picklist("Visibility", "Visibility", 40, "AllUsers", "InternalUsers", "SharedUsers").strict().preset(),
		flag("IsDeleted", "Deleted").readOnly(), typed("SystemModstamp", "System Modstamp", kDateTime).readOnly())
	return o
}

// profileObject is Profile with the permissions that a client asks for.
func profileObject() *object {
	o := newObject("Profile", "Profile", "Profile", "00e", text("Name", "Name", 255).naming(),
		flag("PermissionsModifyAllData", "Modify All Data"), flag("PermissionsCustomizeApplication", "Customize Application"),
		flag("PermissionsViewSetup", "View Setup and Configuration"))
	o.setup = true
	o.system()
	return o
}

// administratorTitle is the title of the users whom the seed makes administrators.
const administratorTitle = "Salesforce Administrator"

// seedProfiles makes two profiles, and gives each user one.
func (o *Org) seedProfiles(born time.Time) {
	standard := o.row("Profile", born, map[string]any{"Name": "Standard User"})
	administrator := o.row("Profile", born, map[string]any{
		"Name": "System Administrator", "PermissionsModifyAllData": true, "PermissionsCustomizeApplication": true, "PermissionsViewSetup": true,
	})
	for _, u := range o.db.all(o.schema.object("User"), false) {
		p := standard
		if u.text("Title") == administratorTitle {
			p = administrator
		}
		o.db.put(u.with(map[string]any{"ProfileId": p.id}), born)
	}
}
