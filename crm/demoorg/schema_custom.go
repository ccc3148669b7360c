package demoorg

import "strings"

// Objects that an admin has made, where Config.CustomObjects has them: one that takes activities and one that does not.

func (o *object) custom() bool { return strings.HasSuffix(o.name, "__c") }

// machineObject is a machine at a customer's site. Its panel can call, and somebody looks after it whose number stands in a
// field of text.
func machineObject() *object {
	return newObject("Machine__c", "Machine", "Machines", "a00",
		text("Name", "Machine Name", 80).mandatory().naming(),
		text("Serial__c", "Serial Number", 40),
		phone("Panel_Phone__c", "Panel Phone"),
		text("Keeper_Number__c", "Keeper's Number", 60),
		reference("Account__c", "Account", "Account__r", "Machines__r", "Account"),
		reference("Keeper__c", "Keeper", "Keeper__r", "Machines__r", "Contact"),
		picklist("Condition__c", "Condition", 255, "In service", "Broken", "Retired").strict(),
		typed("Warranty_Until__c", "Warranty Until", kDate),
		typed("Value__c", "Value", kCurrency),
		flag("On_Contract__c", "On Contract"),
		area("Site_Notes__c", "Site Notes", 2000),
	).business("").active()
}

// lockerObject has no activities: no Task can be related to it.
func lockerObject() *object {
	return newObject("Locker__c", "Locker", "Lockers", "a01",
		text("Name", "Locker Name", 80).mandatory().naming(),
		phone("Door_Phone__c", "Door Phone"),
	).business("")
}

// seedCustom fills the custom objects.
func (o *Org) seedCustom(accounts map[string]*record) {
	if !o.cfg.CustomObjects {
		return
	}
	born := o.now().AddDate(0, -3, 0)
	dana := o.people[0]
	for _, m := range []struct {
		name, serial, panel, keeper, account, condition string
		contact                                         any
	}{
		{"Press 4", "PR-4471", "(415) 555-0151", "+1 (415) 555-0152", "Acme Corp", "In service", dana.ID},
		{"Chiller 2", "CH-0092", "503-555-0178", "", "Redwood Hospitality", "Broken", nil},
		{"Edit Suite 1", "ES-0001", "", "ask Zoë: 310.555.0110", "Bluefin Media", "In service", nil},
	} {
		o.row("Machine__c", born, map[string]any{
			"Name": m.name, "Serial__c": m.serial, "Panel_Phone__c": orNull(m.panel), "Keeper_Number__c": orNull(m.keeper),
			"Account__c": accounts[m.account].id, "Keeper__c": m.contact, "Condition__c": m.condition, "Warranty_Until__c": date(born.AddDate(2, 0, 0)),
		})
	}
	o.row("Locker__c", born, map[string]any{"Name": "Locker 12", "Door_Phone__c": "415 555 0153"})
}
