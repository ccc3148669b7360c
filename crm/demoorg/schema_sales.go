package demoorg

// The objects of sales and service, with the fields that a telephony client uses or that a person expects on the page.

func accountObject(cfg Config) *object {
	o := newObject("Account", "Account", "Accounts", "001",
		text("Name", "Account Name", 255).mandatory().naming(),
		phone("Phone", "Account Phone"),
		phone("Fax", "Account Fax"),
		weburl("Website", "Website"),
		picklist("Industry", "Industry", 255, "Agriculture", "Banking", "Construction", "Consulting", "Education",
			"Energy", "Hospitality", "Manufacturing", "Media", "Retail", "Shipping", "Technology", "Transportation"),
		picklist("Type", "Account Type", 255, "Prospect", "Customer - Direct", "Customer - Channel", "Partner", "Other"),
		number("NumberOfEmployees", "Employees", 8),
		text("BillingCity", "Billing City", 40),
		text("BillingCountry", "Billing Country", 80),
		area("Description", "Account Description", 32000),
		reference("ParentId", "Parent Account ID", "Parent", "ChildAccounts", "Account"),
		reference("MasterRecordId", "Master Record ID", "MasterRecord", "", "Account").readOnly())
	if cfg.PersonAccounts {
		for _, f := range []field{
			flag("IsPersonAccount", "Is Person Account").readOnly(),
			reference("PersonContactId", "Contact ID", "PersonContact", "", "Contact").readOnly(),
			text("FirstName", "First Name", 40), text("LastName", "Last Name", 80),
			phone("PersonMobilePhone", "Mobile"), phone("PersonHomePhone", "Home Phone"),
			phone("PersonOtherPhone", "Other Phone"), phone("PersonAssistantPhone", "Assistant Phone"),
			email("PersonEmail", "Email"), text("PersonTitle", "Title", 80),
			flag("PersonDoNotCall", "Do Not Call"),
		} {
			o.add(f)
		}
		if cfg.CustomPhone {
			o.add(text("Shown__pc", "Number to Show", 40))
		}
	}
	return o.business("").active()
}

func contactObject(cfg Config) *object {
	o := newObject("Contact", "Contact", "Contacts", "003",
		text("Name", "Full Name", 121).readOnly().naming(),
		picklist("Salutation", "Salutation", 40, "Mr.", "Ms.", "Mrs.", "Dr.", "Prof.", "Mx."),
		text("FirstName", "First Name", 40),
		text("LastName", "Last Name", 80).mandatory(),
		reference("AccountId", "Account ID", "Account", "Contacts", "Account"),
		text("Title", "Title", 128),
		text("Department", "Department", 80),
		email("Email", "Email"),
		phone("Phone", "Business Phone"),
		phone("MobilePhone", "Mobile Phone"),
		phone("HomePhone", "Home Phone"),
		phone("OtherPhone", "Other Phone"),
		phone("AssistantPhone", "Asst. Phone"),
		phone("Fax", "Business Fax"),
		flag("DoNotCall", "Do Not Call"),
		text("MailingCity", "Mailing City", 40),
		text("MailingCountry", "Mailing Country", 80),
		picklist("LeadSource", "Lead Source", 255, "Web", "Phone Inquiry", "Partner Referral", "Purchased List", "Other"),
		area("Description", "Contact Description", 32000),
		reference("MasterRecordId", "Master Record ID", "MasterRecord", "", "Contact").readOnly())
	if cfg.CustomPhone {
		o.add(phone("WhatsApp__c", "WhatsApp"))
	}
	if cfg.PersonAccounts {
		o.add(flag("IsPersonAccount", "Is Person Account").readOnly())
		if cfg.CustomPhone {
			o.add(text("Shown__c", "Number to Show", 40)) // of a person's account it is Shown__pc
		}
	}
	return o.business("").active()
}

func leadObject() *object {
	return newObject("Lead", "Lead", "Leads", "00Q",
		text("Name", "Full Name", 121).readOnly().naming(),
		text("FirstName", "First Name", 40),
		text("LastName", "Last Name", 80).mandatory(),
		text("Company", "Company", 255).mandatory(),
		text("Title", "Title", 128),
		email("Email", "Email"),
		phone("Phone", "Phone"),
		phone("MobilePhone", "Mobile Phone"),
		phone("Fax", "Fax"),
		flag("DoNotCall", "Do Not Call"),
		picklist("Status", "Lead Status", 255, "Open - Not Contacted", "Working - Contacted", "Closed - Converted",
			"Closed - Not Converted").preset(),
		picklist("LeadSource", "Lead Source", 255, "Web", "Phone Inquiry", "Partner Referral", "Purchased List", "Other"),
		picklist("Rating", "Rating", 255, "Hot", "Warm", "Cold"),
		text("City", "City", 40),
		text("Country", "Country", 80),
		area("Description", "Description", 32000),
		flag("IsConverted", "Converted").readOnly(),
		reference("MasterRecordId", "Master Record ID", "MasterRecord", "", "Lead").readOnly(),
		reference("ConvertedContactId", "Converted Contact ID", "ConvertedContact", "", "Contact").readOnly(),
		reference("ConvertedAccountId", "Converted Account ID", "ConvertedAccount", "", "Account").readOnly(),
	).business("").active()
}

// stages are the stages of an opportunity: its probability in percent, and whether it is closed.
var stages = []struct {
	name        string
	probability float64
	closed, won bool
}{
	{"Prospecting", 10, false, false},
	{"Qualification", 10, false, false},
	{"Needs Analysis", 20, false, false},
	{"Value Proposition", 50, false, false},
	{"Proposal/Price Quote", 75, false, false},
	{"Negotiation/Review", 90, false, false},
	{"Closed Won", 100, true, true},
	{"Closed Lost", 0, true, false},
}

func opportunityObject() *object {
	stage := picklist("StageName", "Stage", 255).mandatory()
	for _, s := range stages {
		stage.choices = append(stage.choices, choice{value: s.name, isClosed: s.closed})
	}
	return newObject("Opportunity", "Opportunity", "Opportunities", "006",
		text("Name", "Name", 120).mandatory().naming(),
		reference("AccountId", "Account ID", "Account", "Opportunities", "Account"),
		stage,
		typed("Amount", "Amount", kCurrency),
		typed("Probability", "Probability (%)", kPercent).preset(),
		typed("CloseDate", "Close Date", kDate).mandatory(),
		text("NextStep", "Next Step", 255),
		flag("IsClosed", "Closed").readOnly(),
		flag("IsWon", "Won").readOnly(),
		area("Description", "Description", 32000),
	).business("")
}

func contactRoleObject() *object {
	o := newObject("OpportunityContactRole", "Opportunity Contact Role", "Opportunity Contact Roles", "00K",
		reference("OpportunityId", "Opportunity ID", "Opportunity", "OpportunityContactRoles", "Opportunity").mandatory(),
		reference("ContactId", "Contact ID", "Contact", "OpportunityContactRoles", "Contact").mandatory(),
		picklist("Role", "Role", 255, "Decision Maker", "Business User", "Influencer", "Other"),
		flag("IsPrimary", "Primary"))
	o.system()
	return o
}

func caseObject(cfg Config) *object {
	status := picklist("Status", "Status", 255, "New", "Working", "Escalated", "Closed").preset()
	status.choices[3].isClosed = true
	o := newObject("Case", "Case", "Cases", "500",
		text("CaseNumber", "Case Number", 30).readOnly().naming(),
		reference("ContactId", "Contact ID", "Contact", "Cases", "Contact"),
		reference("AccountId", "Account ID", "Account", "Cases", "Account"),
		text("Subject", "Subject", 255),
		area("Description", "Description", 32000),
		status,
		picklist("Priority", "Priority", 255, "High", "Medium", "Low").preset(),
		picklist("Origin", "Case Origin", 255, "Phone", "Email", "Web"),
		picklist("Type", "Case Type", 255, "Question", "Problem", "Feature Request"),
		picklist("Reason", "Case Reason", 255, "Installation", "Equipment Complexity", "Performance", "Breakdown", "Other"),
		reference("ParentId", "Parent Case ID", "Parent", "Cases", "Case"),
		text("SuppliedName", "Web Name", 80),
		email("SuppliedEmail", "Web Email"),
		text("SuppliedPhone", "Web Phone", 40),
		flag("IsClosed", "Closed").readOnly(),
		typed("ClosedDate", "Closed Date", kDateTime).readOnly(),
		// Custom fields of the admin, one of each type that a layout may fill.
		picklist("Severity__c", "Severity", 255, "Low", "High", "Critical").strict(),
		flag("Callback_Wanted__c", "Callback Wanted"),
		number("Ring_Seconds__c", "Ring Seconds", 4),
		phone("Callback_Number__c", "Callback Number"),
		email("Reply_To__c", "Reply To"),
		text("Queue__c", "Queue", 40))
	o.addCallKey(cfg.CallKey)
	o.withRecordTypes(recordType{name: "Support", apiName: "Support", available: true, isDefault: true},
		recordType{name: "Complaint", apiName: "Complaint", available: true},
		recordType{name: "Internal", apiName: "Internal"})
	return o.business("")
}
