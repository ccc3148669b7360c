package demoorg

func userObject() *object {
	o := newObject("User", "User", "Users", "005",
		text("Username", "Username", 80), text("Name", "Full Name", 121).naming(),
		text("FirstName", "First Name", 40), text("LastName", "Last Name", 80), text("Alias", "Alias", 8),
		email("Email", "Email"), text("Title", "Title", 80), text("Extension", "Extension", 40),
		phone("Phone", "Phone"), phone("MobilePhone", "Mobile"), flag("IsActive", "Active"),
		picklist("UserType", "User Type", 40, "Standard", "AutomatedProcess"), reference("ProfileId", "Profile ID", "Profile", "", "Profile"),
		text("FederationIdentifier", "SAML Federation ID", 512),
		picklist("TimeZoneSidKey", "Time Zone", 40), picklist("LocaleSidKey", "Locale", 40),
		picklist("LanguageLocaleKey", "Language", 40))
	o.setup = true
	o.searchable = true
	o.system()
	return o
}

func organizationObject() *object {
	o := newObject("Organization", "Organization", "Organizations", "00D",
		text("Name", "Name", 80).naming(), text("InstanceName", "Instance Name", 5), flag("IsSandbox", "Is Sandbox"),
		picklist("OrganizationType", "Edition", 40), text("NamespacePrefix", "Namespace Prefix", 15),
		typed("TrialExpirationDate", "Trial Expiration Date", kDateTime),
		picklist("LanguageLocaleKey", "Language", 40), text("PrimaryContact", "Primary Contact", 80))
	o.setup = true
	o.system()
	return o
}

// tokenObject is the object of a user's approvals of apps. Its rows are made from the grants: see [Org.tokenRows].
const tokenObject = "OauthToken"

func oauthTokenObject() *object {
	o := newObject(tokenObject, "OAuth Token", "OAuth Tokens", "0CQ",
		text("AppName", "Application Name", 255), typed("LastUsedDate", "Last Used Date", kDateTime), number("UseCount", "Use Count", 9),
		reference("UserId", "User ID", "User", "", "User"))
	o.setup = true
	return o
}

func orgSchema(cfg Config) *schema {
	all := []*object{
		accountObject(cfg), contactObject(cfg), leadObject(), opportunityObject(), contactRoleObject(),
		caseObject(cfg), taskObject(cfg), taskStatusObject(), taskPriorityObject(), recordTypeObject(), listViewObject(), userObject(), organizationObject(), oauthTokenObject(),
		profileObject(), contentDocumentObject(), contentVersionObject(), contentDocumentLinkObject(),
	}
	if cfg.CustomObjects {
		all = append(all, machineObject(), lockerObject())
	}
	return newSchema(all...)
}
