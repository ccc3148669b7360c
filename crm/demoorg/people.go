package demoorg

import "slices"

// Person is a contact, lead or account of the demo that can call.
type Person struct {
	Name    string `json:"name"`
	Company string `json:"company,omitempty"`
	Title   string `json:"title,omitempty"`
	Object  string `json:"object"` // "Contact", "Lead" or "Account"
	ID      string `json:"id"`
	Number  string `json:"number"` // E.164
	Field   string `json:"field"`  // the field it is stored in: "MobilePhone"
	Stored  string `json:"stored"` // as stored, in the spelling of a person
	Shared  int    `json:"shared"` // how many other records have the same number
}

// UnknownNumber is a fictional number, in E.164, that no record of the demo has: that of an unknown caller.
const UnknownNumber = "+14155550169"

// Three users of the org: the owner of the demo, who logs in unless a login hint names another user, a colleague, and who administers it.
const (
	FirstUser = "riley.morgan@acme-demo.example"
	OtherUser = "sam.okoro@acme-demo.example"
	AdminUser = "avery.stone@acme-demo.example" // the only administrator
)

// userSeed is a user of the org.
type userSeed struct {
	first, last, title, extension string
	mail                          string // name of the mailbox, where it is not first.last
	left                          bool   // no longer active
	kind                          string // "" is Standard
}

// The users: two share a mailbox, one has left, and one is no person. Of the fields of User, Email need not be unique.
var userSeeds = []userSeed{
	{first: "Riley", last: "Morgan", title: "Support Agent", extension: "1001"},
	{first: "Sam", last: "Okoro", title: "Support Agent", extension: "1002"},
	{first: "Nina", last: "Petrov", title: "Team Lead", extension: "1003"},
	{first: "Avery", last: "Stone", title: administratorTitle},
	{first: "Jo", last: "Lind", title: "Night Desk", extension: "1005", mail: "night.desk"},
	{first: "Kim", last: "Sato", title: "Night Desk", extension: "1006", mail: "night.desk"},
	{first: "Lou", last: "Vance", title: "Support Agent", extension: "1007", left: true},
	{first: "Automated", last: "Process", kind: "AutomatedProcess"},
}

// People returns the people who can call, Dana Whitfield of Acme Corp first. Their numbers are reserved for fiction by
// the numbering authorities: 555-0100 to 555-0199 in North America, Ofcom's drama numbers, and similar ranges in
// Germany, France, Australia and Sweden.
func (o *Org) People() []Person {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.Clone(o.people)
}

// Caller returns the person with that name; ok is false when there is none.
func (o *Org) Caller(name string) (Person, bool) {
	people := o.People()
	i := slices.IndexFunc(people, func(p Person) bool { return p.Name == name })
	if i < 0 {
		return Person{}, false
	}
	return people[i], true
}

// company is an account of the demo.
type company struct {
	name, industry, kind, city, country, site string
	employees                                 float64
	number, stored                            string
}

var companies = []company{
	{"Acme Corp", "Manufacturing", "Customer - Direct", "San Francisco", "United States", "acme.example", 1200, "+14155550100", "(415) 555-0100"},
	{"Harbor Analytics", "Technology", "Customer - Direct", "New York", "United States", "harbor-analytics.example", 85, "+12125550140", "212.555.0140"},
	{"Juniper & Wells LLP", "Consulting", "Customer - Channel", "London", "United Kingdom", "juniperwells.example", 240, "+442079460018", "+44 (0)20 7946 0018"},
	{"Nordwind Logistik GmbH", "Transportation", "Customer - Direct", "Berlin", "Germany", "nordwind.example", 430, "+493023125100", "030 / 23125-100"},
	{"Maison Clairval", "Retail", "Prospect", "Paris", "France", "clairval.example", 60, "+33199001234", "01 99 00 12 34"},
	{"Southern Cross Solar", "Energy", "Customer - Direct", "Sydney", "Australia", "southerncross.example", 150, "+61255501234", "(02) 5550 1234"},
	{"Björk & Ek AB", "Construction", "Partner", "Stockholm", "Sweden", "bjorkek.example", 35, "+4684650042", "08-465 00 42"},
	{"Redwood Hospitality", "Hospitality", "Customer - Direct", "Portland", "United States", "redwood.example", 510, "+15035550177", "503-555-0177"},
	{"Bluefin Media", "Media", "Prospect", "Los Angeles", "United States", "bluefin.example", 48, "+13105550121", "+1 310 555 0121"},
	{"Pennine Foods", "Agriculture", "Customer - Direct", "Leeds", "United Kingdom", "penninefoods.example", 300, "+441134960210", "0113 496 0210"},
	{"Lakeshore Credit Union", "Banking", "Customer - Direct", "Chicago", "United States", "lakeshorecu.example", 190, "+13125550165", "1-312-555-0165"},
	{"Maple Ridge Schools", "Education", "Other", "Vancouver", "Canada", "mapleridge.example", 820, "+16045550133", "604 555 0133"},
}

// personSeed is a contact or, with lead set, a lead of the demo.
type personSeed struct {
	first, last, title, company string
	field, number, stored       string
	lead                        bool
	flags                       string // "dnc": Do Not Call
}

// The numbers are spelled as in real orgs: with and without country code, brackets, dots, slashes, a trunk zero beside
// a country code, extensions, no-break spaces.
var personSeeds = []personSeed{
	{first: "Dana", last: "Whitfield", title: "VP Operations", company: "Acme Corp", field: "Phone", number: "+14155550132", stored: "(415) 555-0132"},
	{first: "Luis", last: "Ferreira", title: "Plant Manager", company: "Acme Corp", field: "MobilePhone", number: "+14155550188", stored: "+1.415.555.0188"},
	{first: "Priya", last: "Raman", title: "Head of Data", company: "Harbor Analytics", field: "Phone", number: "+12125550147", stored: "212-555-0147"},
	{first: "Tom", last: "Okafor", title: "Founder", company: "Okafor Prints", field: "Phone", number: "+12125550147", stored: "+1 (212) 555 0147", lead: true},
	{first: "Eleanor", last: "Juniper", title: "Partner", company: "Juniper & Wells LLP", field: "Phone", number: "+442079460018", stored: "+44 (0)20 7946 0018"},
	{first: "Hugh", last: "Wells", title: "Partner", company: "Juniper & Wells LLP", field: "Phone", number: "+442079460018", stored: "+442079460018"},
	{first: "Aisha", last: "Rahman", title: "Practice Manager", company: "Juniper & Wells LLP", field: "MobilePhone", number: "+447700900123", stored: "07700 900123"},
	{first: "Jürgen", last: "Weiß", title: "Disponent", company: "Nordwind Logistik GmbH", field: "Phone", number: "+493023125117", stored: "+49 (0)30 23125-117"},
	{first: "Katrin", last: "Sommer", title: "Einkauf", company: "Nordwind Logistik GmbH", field: "MobilePhone", number: "+491713920045", stored: "0171 / 39 200 45"},
	{first: "Marcus", last: "Lindqvist", title: "Site Lead", company: "Björk & Ek AB", field: "MobilePhone", number: "+46701740605", stored: "070-174 06 05"},
	{first: "Sofia", last: "Ek", title: "CFO", company: "Björk & Ek AB", field: "Phone", number: "+4684650043", stored: "+46 (0)8 465 00 43"},
	{first: "Camille", last: "Laurent", title: "Directrice commerciale", company: "Maison Clairval", field: "Phone", number: "+33199001250", stored: "+33 1 99 00 12 50"},
	{first: "Noé", last: "Garnier", title: "Acheteur", company: "Maison Clairval", field: "MobilePhone", number: "+33639980112", stored: "06.39.98.01.12"},
	{first: "Mia", last: "Patterson", title: "Project Director", company: "Southern Cross Solar", field: "MobilePhone", number: "+61491570156", stored: "0491 570 156"},
	{first: "Jack", last: "Nguyen", title: "Installer", company: "Southern Cross Solar", field: "MobilePhone", number: "+61491570157", stored: "+61 491 570 157"},
	{first: "Grace", last: "Kim", title: "General Manager", company: "Redwood Hospitality", field: "Phone", number: "+15035550142", stored: "503.555.0142"},
	{first: "Owen", last: "Brandt", title: "Night Manager", company: "Redwood Hospitality", field: "OtherPhone", number: "+15035550143", stored: "(503)555-0143"},
	{first: "Zoë", last: "Alvarez", title: "Producer", company: "Bluefin Media", field: "MobilePhone", number: "+13105550109", stored: "3105550109"},
	{first: "Ravi", last: "Shah", title: "Head of Post", company: "Bluefin Media", field: "Phone", number: "+13105550122", stored: "1 310 555 0122 x204"},
	{first: "Harriet", last: "Dale", title: "Buyer", company: "Pennine Foods", field: "Phone", number: "+441134960233", stored: "(0113) 496 0233"},
	{first: "Callum", last: "Reid", title: "Dispatch", company: "Pennine Foods", field: "MobilePhone", number: "+447700900456", stored: "+44 7700 900 456"},
	{first: "Monique", last: "Baker", title: "Branch Manager", company: "Lakeshore Credit Union", field: "Phone", number: "+13125550166", stored: "312/555-0166"},
	{first: "Peter", last: "Novak", title: "Compliance", company: "Lakeshore Credit Union", field: "AssistantPhone", number: "+13125550167", stored: "312 555 0167", flags: "dnc"},
	{first: "Yuki", last: "Tanaka", title: "District IT", company: "Maple Ridge Schools", field: "Phone", number: "+16045550134", stored: "+1-604-555-0134"},
	{first: "Irene", last: "Costa", title: "Facilities", company: "Maple Ridge Schools", field: "HomePhone", number: "+16045550135", stored: "604.555.0135 ext. 12"},
	{first: "Samuel", last: "Adeyemi", title: "Controller", company: "Harbor Analytics", field: "MobilePhone", number: "+16465550119", stored: "646\u00a0555\u00a00119"},
	{first: "Beatriz", last: "Moreno", title: "Owner", company: "Moreno Catering", field: "MobilePhone", number: "+13055550116", stored: "305-555-0116", lead: true},
	{first: "Colin", last: "Frost", title: "Office Manager", company: "Frost & Daughters", field: "Phone", number: "+441214960377", stored: "0121 4960377", lead: true},
	{first: "Anna", last: "Keller", title: "Geschäftsführerin", company: "Keller Optik", field: "Phone", number: "+498999998123", stored: "089 99998-123", lead: true},
	{first: "Devon", last: "Price", title: "IT Director", company: "Price Dental Group", field: "Phone", number: "+16025550158", stored: "+16025550158", lead: true},
	{first: "Lena", last: "Hoffmann", title: "Inhaberin", company: "Café Hoffmann", field: "MobilePhone", number: "+491713920072", stored: "+49 171 3920072", lead: true},
	{first: "Walter", last: "Grant", title: "Retired", company: "Grant Household", field: "Phone", number: "+14045550171", stored: "404 555 0171", lead: true, flags: "dnc"},
	{first: "Chloe", last: "Bennett", title: "Event Planner", company: "Bennett Events", field: "MobilePhone", number: "+447700900789", stored: "07700900789", lead: true},
	{first: "Ibrahim", last: "Saleh", title: "Purchasing", company: "Saleh Imports", field: "Phone", number: "+17135550184", stored: "(713) 555 - 0184", lead: true},
	// Names that are read from right to left, and one of somebody who tries what a name can do.
	{first: "דנה", last: "כהן", title: "סמנכ״לית", company: "Cohen & Co", field: "Phone", number: "+12125550173", stored: "212-555-0173", lead: true},
	{first: "ليلى", last: "حداد", title: "مديرة المشتريات", company: "حداد للتجارة", field: "MobilePhone", number: "+13125550174", stored: "(312) 555-0174", lead: true},
	{first: "Mallory", last: "\u202egnp.exe\x1b[31m<b>", title: "=HYPERLINK(\"http://x\")", company: "Evil\nCorp\u200b", field: "Phone", number: "+16175550175", stored: "617.555.0175", lead: true},
}
