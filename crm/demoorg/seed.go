package demoorg

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// seed fills a new org. It does not check the admin's rules, since the data is older than they are.
func (o *Org) seed() {
	rules := o.rules
	o.rules = Rules{}
	defer func() { o.rules = rules }()
	o.seedSetup()
	if o.cfg.Empty {
		return
	}
	accounts := o.seedAccounts()
	o.seedPeople(accounts)
	o.seedDeals(accounts)
	o.seedCalls()
	o.seedCustom(accounts)
}

// row stores a record without checks, with system fields of the given time: setup objects and history cannot be made
// otherwise.
func (o *Org) row(obj string, at time.Time, values map[string]any) *record {
	object := o.schema.object(obj)
	r := &record{object: object, values: map[string]any{}}
	owner := ""
	if users := o.db.tables["User"]; len(users) > 0 {
		owner = users[0]
	}
	r = r.with(o.presets(object, actor{userID: owner}))
	r = r.with(values)
	r.id = o.db.nextID(object)
	if owner == "" {
		owner = r.id // the first user created their own record
	}
	at = at.UTC().Truncate(time.Second)
	r.values["Id"] = r.id
	o.derive(r)
	for _, when := range []string{"CompletedDateTime", "ClosedDate"} {
		if r.values[when] != nil {
			r.values[when] = at
		}
	}
	r.values["CreatedDate"], r.values["CreatedById"] = at, owner
	r.values["LastModifiedDate"], r.values["LastModifiedById"], r.values["SystemModstamp"] = at, owner, at
	o.db.put(r, at)
	return r
}

// seedSetup makes the users, the organization and the status values.
func (o *Org) seedSetup() {
	born := o.now().AddDate(-2, 0, 0)
	suffix := ""
	if o.cfg.Sandbox { // a sandbox must not write to real people
		suffix = ".invalid"
	}
	seeds := slices.Clone(userSeeds)
	for i := range o.cfg.MoreUsers {
		seeds = append(seeds, userSeed{first: "Agent", last: fmt.Sprintf("N%05d", i+1), title: "Support Agent", extension: fmt.Sprint(3000 + i)})
	}
	for i, u := range seeds {
		name := strings.ToLower(u.first + "." + u.last)
		mail := name
		if u.mail != "" {
			mail = u.mail
		}
		o.row("User", born, map[string]any{
			"Username": name + "@acme-demo.example", "FirstName": u.first, "LastName": u.last, "Name": u.first + " " + u.last,
			"Alias": strings.ToLower(u.first[:1] + u.last[:min(4, len(u.last))]), "Email": mail + "@acme-demo.example" + suffix,
			"Title": u.title, "Extension": orNull(u.extension), "Phone": fmt.Sprintf("+1 415 555 01%02d", 90+i), "IsActive": !u.left,
			"UserType": cmp.Or(u.kind, "Standard"), "TimeZoneSidKey": "America/Los_Angeles", "LocaleSidKey": "en_US", "LanguageLocaleKey": cmp.Or(o.cfg.UserLanguage, "en_US"),
		})
	}
	o.seedProfiles(born)
	o.seedRecordTypes()
	o.seedListViews()
	var trialEnds any
	if !o.cfg.TrialEnds.IsZero() {
		trialEnds = o.cfg.TrialEnds
	}
	o.orgID = o.row("Organization", born, map[string]any{
		"Name": o.cfg.Name, "InstanceName": "DEMO1", "IsSandbox": o.cfg.Sandbox, "OrganizationType": o.cfg.Edition,
		"TrialExpirationDate": trialEnds, "LanguageLocaleKey": "en_US", "PrimaryContact": "Avery Stone",
	}).id
	for _, f := range []string{"Status", "Priority"} {
		for i, c := range o.schema.object("Task").field(f).choices {
			v := map[string]any{"MasterLabel": c.value, "ApiName": c.value, "SortOrder": float64(i + 1), "IsDefault": c.isDefault}
			if f == "Status" {
				v["IsClosed"] = c.isClosed
			} else {
				v["IsHighPriority"] = i == 0
			}
			o.row("Task"+f, born, v)
		}
	}
}

// ago returns a working hour some days ago.
func (o *Org) ago(days int) time.Time {
	now := o.now()
	at := time.Date(now.Year(), now.Month(), now.Day()-days, 9+o.random.IntN(8), o.random.IntN(60), o.random.IntN(60), 0, now.Location())
	if at.After(now) {
		return now.Add(-time.Minute)
	}
	return at
}

func (o *Org) seedAccounts() map[string]*record {
	accounts := map[string]*record{}
	for i, c := range companies {
		a := o.row("Account", o.ago(40+i), map[string]any{
			"Name": c.name, "Phone": c.stored, "Website": "https://www." + c.site, "Industry": c.industry, "Type": c.kind,
			"BillingCity": c.city, "BillingCountry": c.country, "NumberOfEmployees": c.employees,
		})
		accounts[c.name] = a
	}
	return accounts
}

func (o *Org) seedPeople(accounts map[string]*record) {
	for i, s := range personSeeds {
		v := map[string]any{"FirstName": s.first, "LastName": s.last, "Title": s.title, s.field: s.stored, "DoNotCall": s.flags == "dnc"}
		var r *record
		if s.lead {
			v["Company"], v["LeadSource"] = s.company, []string{"Web", "Phone Inquiry", "Partner Referral"}[i%3]
			v["Email"] = mailbox(s.first, s.last, "mail.example")
			v["Status"] = []string{"Open - Not Contacted", "Working - Contacted"}[i%2]
			r = o.row("Lead", o.ago(1+i), v)
		} else {
			a := accounts[s.company]
			v["AccountId"] = a.id
			v["Email"] = mailbox(s.first, s.last, strings.TrimPrefix(a.text("Website"), "https://www."))
			v["MailingCity"], v["MailingCountry"] = a.get("BillingCity"), a.get("BillingCountry")
			if i == 0 && o.cfg.CustomPhone {
				v["WhatsApp__c"] = "+1 415 555 0199"
			}
			r = o.row("Contact", o.ago(1+i), v)
		}
		o.people = append(o.people, Person{
			Name: r.text("Name"), Company: s.company, Title: s.title, Object: r.object.name, ID: r.id,
			Number: s.number, Field: s.field, Stored: s.stored,
		})
	}
	o.seedPersonAccounts()
	for _, c := range companies {
		o.people = append(o.people, Person{
			Name: c.name, Company: c.name, Object: "Account", ID: accounts[c.name].id, Number: c.number,
			Field: "Phone", Stored: c.stored,
		})
	}
	shared := map[string]int{}
	for _, p := range o.people {
		shared[p.Number]++
	}
	for i, p := range o.people {
		o.people[i].Shared = shared[p.Number] - 1
	}
	o.seedLeadConverted()
}

// seedPersonAccounts makes two customers who are account and contact at once; a search finds both halves.
func (o *Org) seedPersonAccounts() {
	if !o.cfg.PersonAccounts {
		return
	}
	for i, s := range []personSeed{
		{first: "Olivia", last: "Hart", number: "+16175550128", stored: "617-555-0128"},
		{first: "Mateo", last: "Silva", number: "+15125550194", stored: "(512) 555.0194"},
	} {
		at := o.ago(3 + i)
		a := o.row("Account", at, map[string]any{
			"FirstName": s.first, "LastName": s.last, "IsPersonAccount": true,
			"PersonMobilePhone": s.stored, "PersonEmail": mailbox(s.first, s.last, "mail.example"),
		})
		c := o.row("Contact", at, map[string]any{
			"FirstName": s.first, "LastName": s.last, "AccountId": a.id, "IsPersonAccount": true,
			"MobilePhone": s.stored, "Email": a.get("PersonEmail"),
		})
		o.db.put(a.with(map[string]any{"PersonContactId": c.id}), at)
		o.people = append(o.people, Person{
			Name: a.text("Name"), Object: "Account", ID: a.id, Number: s.number,
			Field: "PersonMobilePhone", Stored: s.stored,
		})
	}
}

// seedLeadConverted makes a common trap for phone searches: Luis Ferreira's converted lead still has his number.
func (o *Org) seedLeadConverted() {
	luis := o.people[1]
	c := o.db.live(luis.ID)
	o.row("Lead", o.ago(200), map[string]any{
		"FirstName": "Luis", "LastName": "Ferreira", "Company": "Acme Corp",
		"MobilePhone": luis.Stored, "Status": "Closed - Converted", "IsConverted": true, "ConvertedContactId": c.id,
		"ConvertedAccountId": c.get("AccountId"),
	})
}

var plainLetters = strings.NewReplacer("ü", "ue", "ö", "oe", "ä", "ae", "ß", "ss", "é", "e", "ë", "e", "ñ", "n", "'", "", "&", "")

func mailbox(first, last, domain string) string {
	return plainLetters.Replace(strings.ToLower(first+"."+last)) + "@" + domain
}
