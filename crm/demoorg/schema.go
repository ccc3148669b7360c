package demoorg

import (
	"slices"
	"strings"
)

// kind is a field's type, as describe names it.
type kind string

const (
	kID        kind = "id"
	kString    kind = "string"
	kTextArea  kind = "textarea"
	kPhone     kind = "phone"
	kEmail     kind = "email"
	kURL       kind = "url"
	kPicklist  kind = "picklist"
	kCombobox  kind = "combobox"
	kBoolean   kind = "boolean"
	kInt       kind = "int"
	kCurrency  kind = "currency"
	kPercent   kind = "percent"
	kDate      kind = "date"
	kDateTime  kind = "datetime"
	kReference kind = "reference"
	kBase64    kind = "base64"
)

// isText reports whether values are strings of limited length.
func (k kind) isText() bool {
	switch k {
	case kString, kTextArea, kPhone, kEmail, kURL, kPicklist, kCombobox:
		return true
	}
	return false
}

func (k kind) isNumber() bool { return k == kInt || k == kCurrency || k == kPercent }

// longText is the length above which a text area cannot be filtered or sorted by.
const longText = 255

// field is one field of an object. The functions below make the usual ones; the methods change attributes.
type field struct {
	name, label string
	kind        kind
	length      int // in characters; of an int: digits
	required    bool
	noCreate    bool
	noUpdate    bool
	isName      bool
	defaulted   bool // set by the org when absent
	external    bool
	unique      bool     // no two records have the same value
	refs        []string // objects that a reference may point to
	relation    string   // name of the reference in a field path: Account for AccountId
	children    string   // name of the reverse relation in a child subquery: Contacts
	choices     []choice
	restricted  bool
}

// choice is one picklist entry.
type choice struct {
	value     string
	isDefault bool
	isClosed  bool
}

func text(name, label string, length int) field {
	return field{name: name, label: label, kind: kString, length: length}
}

func area(name, label string, length int) field {
	return field{name: name, label: label, kind: kTextArea, length: length}
}

func phone(name, label string) field {
	return field{name: name, label: label, kind: kPhone, length: 40}
}

func email(name, label string) field {
	return field{name: name, label: label, kind: kEmail, length: 80}
}

func weburl(name, label string) field {
	return field{name: name, label: label, kind: kURL, length: 255}
}

func flag(name, label string) field {
	return field{name: name, label: label, kind: kBoolean, defaulted: true}
}

func number(name, label string, digits int) field {
	return field{name: name, label: label, kind: kInt, length: digits}
}
func typed(name, label string, k kind) field { return field{name: name, label: label, kind: k} }

func picklist(name, label string, length int, values ...string) field {
	f := field{name: name, label: label, kind: kPicklist, length: length}
	for _, v := range values {
		f.choices = append(f.choices, choice{value: v})
	}
	return f
}

func reference(name, label, relation, children string, refs ...string) field {
	return field{name: name, label: label, kind: kReference, length: 18, relation: relation, children: children, refs: refs}
}

func (f field) mandatory() field   { f.required = true; return f }
func (f field) readOnly() field    { f.noCreate, f.noUpdate = true, true; return f }
func (f field) onCreate() field    { f.noUpdate = true; return f }
func (f field) naming() field      { f.isName = true; return f }
func (f field) preset() field      { f.defaulted = true; return f }
func (f field) strict() field      { f.restricted = true; return f }
func (f field) key() field         { f.external = true; return f }
func (f field) uniqueValue() field { f.unique = true; return f }
func (f field) custom() bool       { return strings.HasSuffix(f.name, "__c") }

// filterable reports whether a query may filter and sort by the field: not by a long text area.
func (f *field) filterable() bool {
	return f.kind != kBase64 && (f.kind != kTextArea || f.length <= longText)
}

// searchable reports whether the search index holds the field.
func (f *field) searchable() bool {
	return f.kind == kString || f.kind == kTextArea || f.kind == kPhone || f.kind == kEmail ||
		f.kind == kURL || f.kind == kCombobox
}

func (f *field) polymorphic() bool { return len(f.refs) > 1 }

// object is one object of the org, such as Contact.
type object struct {
	name, label, plural string
	prefix              string // key prefix of its ids
	setup               bool   // read only, not searchable: users, statuses
	searchable          bool
	fields              []*field
	byName              map[string]*field // lower case
	keyed               []string          // fields with an index
	recordTypes         []*recordType
}

func newObject(name, label, plural, prefix string, own ...field) *object {
	o := &object{name: name, label: label, plural: plural, prefix: prefix, byName: map[string]*field{}}
	o.add(field{name: "Id", label: label + " ID", kind: kID, length: 18, defaulted: true}.readOnly())
	for _, f := range own {
		o.add(f)
	}
	return o
}

// active adds the day of the last activity.
func (o *object) active() *object {
	o.add(typed("LastActivityDate", "Last Activity", kDate).readOnly())
	return o
}

// business adds what every ordinary record has: an owner and the system fields.
func (o *object) business(children string) *object {
	o.searchable = true
	o.add(reference("OwnerId", "Owner ID", "Owner", children, "User").preset())
	o.system()
	return o
}

func (o *object) system() {
	for _, f := range []field{
		flag("IsDeleted", "Deleted"),
		typed("CreatedDate", "Created Date", kDateTime).preset(),
		reference("CreatedById", "Created By ID", "CreatedBy", "", "User").preset(),
		typed("LastModifiedDate", "Last Modified Date", kDateTime).preset(),
		reference("LastModifiedById", "Last Modified By ID", "LastModifiedBy", "", "User").preset(),
		typed("SystemModstamp", "System Modstamp", kDateTime).preset(),
	} {
		o.add(f.readOnly())
	}
}

func (o *object) add(f field) {
	o.fields = append(o.fields, &f)
	o.byName[strings.ToLower(f.name)] = &f
	if f.external || f.name == "CallObject" {
		o.keyed = append(o.keyed, f.name)
	}
}

func (o *object) field(name string) *field { return o.byName[strings.ToLower(name)] }

func (o *object) nameField() *field {
	for _, f := range o.fields {
		if f.isName {
			return f
		}
	}
	return nil
}

// relation returns the reference with that name in a field path.
func (o *object) relation(name string) *field {
	i := slices.IndexFunc(o.fields, func(f *field) bool { return f.relation != "" && strings.EqualFold(f.relation, name) })
	if i < 0 {
		return nil
	}
	return o.fields[i]
}

// schema holds every object of the org.
type schema struct {
	objects []*object
	byName  map[string]*object // lower case
	prefix  map[string]*object
}

func newSchema(objects ...*object) *schema {
	s := &schema{objects: objects, byName: map[string]*object{}, prefix: map[string]*object{}}
	for _, o := range objects {
		s.byName[strings.ToLower(o.name)] = o
		s.prefix[o.prefix] = o
	}
	return s
}

func (s *schema) object(name string) *object { return s.byName[strings.ToLower(name)] }

// child returns the object and the reference of a child relationship of parent.
func (s *schema) child(parent *object, relationship string) (*object, *field) {
	for _, o := range s.objects {
		for _, f := range o.fields {
			if f.children != "" && strings.EqualFold(f.children, relationship) && slices.Contains(f.refs, parent.name) {
				return o, f
			}
		}
	}
	return nil, nil
}

// nameObject is the target of a reference that may point to several objects: Who.Name, What.Type.
var nameObject = newObject("Name", "Name", "Names", "", // it has no ids
	text("Name", "Name", 255).naming(), text("Type", "Type", 40), text("FirstName", "First Name", 40),
	text("LastName", "Last Name", 80), text("Title", "Title", 128), phone("Phone", "Phone"), email("Email", "Email"),
	text("Username", "Username", 80), text("Alias", "Alias", 8))
