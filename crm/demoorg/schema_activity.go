package demoorg

// taskStatuses are the values of Task.Status by the language in which the org was created: a German org has no
// "Completed". The third value is the closed one.
var taskStatuses = map[string][]string{
	"en": {"Not Started", "In Progress", "Completed", "Waiting on someone else", "Deferred"},
	"de": {"Nicht begonnen", "In Bearbeitung", "Abgeschlossen", "Warten auf andere Person", "Zurückgestellt"},
	"es": {"No iniciada", "En curso", "Completada", "En espera de otra persona", "Aplazada"},
	"ja": {"未着手", "進行中", "完了", "他の人を待機中", "延期"},
}

const closedStatus = 2 // index into the above

func statusesOf(language string) []string {
	if s, ok := taskStatuses[language]; ok {
		return s
	}
	return taskStatuses["en"]
}

// taskObject is Task with the call fields of Salesforce CRM Call Center.
func taskObject(cfg Config) *object {
	status := picklist("Status", "Status", 255, statusesOf(cfg.Language)...).preset()
	status.choices[0].isDefault = true
	status.choices[closedStatus].isClosed = true
	priority := picklist("Priority", "Priority", 255, "High", "Normal", "Low").preset()
	priority.choices[1].isDefault = true
	related := []string{"Account", "Opportunity", "Case"}
	if cfg.CustomObjects {
		related = append(related, "Machine__c")
	}
	o := newObject("Task", "Task", "Tasks", "00T",
		reference("WhoId", "Name ID", "Who", "Tasks", "Contact", "Lead"),
		reference("WhatId", "Related To ID", "What", "Tasks", related...),
		field{
			name: "Subject", label: "Subject", kind: kCombobox, length: 255, isName: true,
			choices: []choice{{value: "Call"}, {value: "Send Letter"}, {value: "Send Quote"}, {value: "Other"}},
		},
		typed("ActivityDate", "Due Date Only", kDate),
		status.strict(),
		priority,
		flag("IsHighPriority", "High Priority").readOnly(),
		area("Description", "Description", 32000),
		picklist("Type", "Type", 40, "Call", "Email", "Meeting", "Other"),
		flag("IsClosed", "Closed").readOnly(),
		typed("CompletedDateTime", "Completed Date/Time", kDateTime).readOnly(),
		flag("IsArchived", "Archived").readOnly(),
		// Derived from WhatId, or from the Contact: a client that sends it is refused.
		reference("AccountId", "Account ID", "Account", "", "Account").readOnly(),
		number("CallDurationInSeconds", "Call Duration", 8),
		picklist("CallType", "Call Type", 40, "Internal", "Inbound", "Outbound").strict(),
		text("CallDisposition", "Call Result", 255),
		text("CallObject", "Call Object Identifier", 255),
		flag("IsReminderSet", "Reminder Set"),
		typed("ReminderDateTime", "Reminder Date/Time", kDateTime),
		picklist("TaskSubtype", "Task Subtype", 40, "Task", "Email", "ListEmail", "Cadence", "Call", "LinkedIn").
			onCreate().strict().preset(),
		// A custom field of the admin: optional here, and made required by Rules.RequiredFields.
		picklist("Region__c", "Region", 255, "Americas", "Europe", "Asia Pacific"))
	o.addCallKey(cfg.CallKey)
	return o.business("")
}

// addCallKey adds the field of the call's id, where the admin has.
func (o *object) addCallKey(as CallKey) {
	if as == NoCallKey {
		return
	}
	key := text(CallKeyField, "Linecard Call Id", 64).key()
	if as == UniqueCallKey {
		key = key.uniqueValue()
	}
	o.add(key)
}

// taskStatusObject and taskPriorityObject tell a client which status is closed. Their key prefixes are believed.
func taskStatusObject() *object {
	o := newObject("TaskStatus", "Task Status Value", "Task Status Values", "01T",
		text("MasterLabel", "Master Label", 255).naming(), text("ApiName", "API Name", 255),
		number("SortOrder", "Sort Order", 9), flag("IsClosed", "Is Closed"), flag("IsDefault", "Is Default"))
	o.setup = true
	o.system()
	return o
}

func taskPriorityObject() *object {
	o := newObject("TaskPriority", "Task Priority Value", "Task Priority Values", "04T",
		text("MasterLabel", "Master Label", 255).naming(), text("ApiName", "API Name", 255),
		number("SortOrder", "Sort Order", 9), flag("IsHighPriority", "Is High Priority"), flag("IsDefault", "Is Default"))
	o.setup = true
	o.system()
	return o
}
