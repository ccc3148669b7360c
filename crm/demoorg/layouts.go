package demoorg

import (
	"net/http"
	"slices"
	"strings"
)

// Page layouts: which fields the page of a record has, in sections of rows, as the user may see and fill them; one for each record type.
// (REST API Developer Guide: sObject Layouts, sObject Layouts for Objects With Multiple Record Types; SOAP API, describeLayout().)

// layoutsOf serves /sobjects/{object}/describe/layouts and what is below it. Of an object with record types it names the layouts only, and each is
// asked for by the record type's id.
func (o *Org) layoutsOf(c *call, obj *object) (reply, *apiError) {
	if err := c.allow(http.MethodGet, http.MethodHead); err != nil {
		return reply{}, err
	}
	if obj.setup || len(c.path) > 5 {
		return reply{}, errNotFound()
	}
	types := obj.typesWithMaster()
	if len(c.path) == 5 {
		i := indexOfType(types, c.path[4])
		if i < 0 {
			return reply{}, errNotFound()
		}
		return ok(o.layout(obj, i))
	}
	available := 0
	mappings := []ordered{}
	for i, t := range types {
		if o.mayUse(obj, &t) && !t.master() {
			available++
		}
		mappings = append(mappings, ordered{
			{"active", true},
			{"available", o.mayUse(obj, &t)},
			{"defaultRecordTypeMapping", t.isDefault},
			{"developerName", t.apiName},
			{"layoutId", o.layoutID(obj, i)},
			{"master", t.master()},
			{"name", t.name},
			{"picklistsForRecordType", o.picklists(obj)},
			{"recordTypeId", t.id},
			{"urls", ordered{{"layout", c.base() + "/sobjects/" + obj.name + "/describe/layouts/" + t.id}}},
		})
	}
	var layouts any // null where there are several
	if len(types) == 1 {
		layouts = []ordered{o.layout(obj, 0)}
	}
	return ok(ordered{{"layouts", layouts}, {"recordTypeMappings", mappings}, {"recordTypeSelectorRequired", []bool{available > 1}}})
}

func indexOfType(types []recordType, id string) int {
	id, _ = normalID(id)
	return slices.IndexFunc(types, func(t recordType) bool { return t.id == id })
}

// serialOf is a number of the object's own for things of which each record type has one.
func (o *Org) serialOf(obj *object, i int) uint64 {
	return uint64(slices.Index(o.schema.objects, obj)*16 + i + 1)
}

func (o *Org) layoutID(obj *object, i int) string {
	return newID("00h", o.db.instance, o.serialOf(obj, i))
}

// picklists are the entries that a record type has: here all of the object's.
func (o *Org) picklists(obj *object) []ordered {
	list := []ordered{}
	for _, f := range obj.fields {
		if len(f.choices) > 0 && o.seesField(obj, f) {
			list = append(list, ordered{{"picklistName", f.name}, {"picklistValues", o.picklistValues(f)}})
		}
	}
	return list
}

// layout is the page of the i-th record type.
func (o *Org) layout(obj *object, i int) ordered {
	buttons := []ordered{}
	for _, b := range []struct {
		name string
		may  bool
	}{{"Edit", o.mayEdit(obj)}, {"Delete", o.mayDelete(obj)}} {
		if b.may {
			buttons = append(buttons, button(b.name))
		}
	}
	return ordered{
		{"buttonLayoutSection", ordered{{"detailButtons", buttons}}},
		{"detailLayoutSections", o.layoutSections(obj, i, false)},
		{"editLayoutSections", o.layoutSections(obj, i, true)},
		{"feedView", nil},
		{"highlightsPanelLayoutSection", nil},
		{"id", o.layoutID(obj, i)},
		{"multirowEditLayoutSections", []any{}},
		{"offlineLinks", []any{}},
		{"quickActionList", ordered{{"quickActionListItems", []any{}}}},
		{"relatedContent", nil},
		{"relatedLists", o.relatedLists(obj)},
		{"saveOptions", []any{}},
	}
}

func button(name string) ordered {
	return ordered{
		{"behavior", nil},
		{"colors", []any{}},
		{"content", nil},
		{"contentSource", nil},
		{"custom", false},
		{"encoding", nil},
		{"height", nil},
		{"icons", []any{}},
		{"label", name},
		{"menubar", nil},
		{"name", name},
		{"overridden", false},
		{"resizeable", nil},
		{"scrollbars", nil},
		{"showsLocation", nil},
		{"showsStatus", nil},
		{"toolbar", nil},
		{"url", nil},
		{"width", nil},
		{"windowPosition", nil},
	}
}

// madeBy are the fields that are in a section of their own; those that nobody puts on a page are in none.
var (
	madeBy     = []string{"CreatedById", "LastModifiedById"}
	offThePage = []string{"Id", "IsDeleted", "CreatedDate", "LastModifiedDate", "SystemModstamp", "MasterRecordId", "RecordTypeId", "LastActivityDate"}
)

// layoutSections are the fields of a page that the user sees; to be edited, those that can be filled.
func (o *Org) layoutSections(obj *object, i int, edit bool) []ordered {
	var info, texts, system []*field
	for _, f := range obj.fields {
		switch {
		case !o.seesField(obj, f), slices.Contains(offThePage, f.name), edit && !o.fieldCreateable(obj, f) && !o.fieldUpdateable(obj, f):
		case slices.Contains(madeBy, f.name):
			system = append(system, f)
		case f.kind == kTextArea:
			texts = append(texts, f)
		default:
			info = append(info, f)
		}
	}
	sections := []ordered{}
	for n, s := range []struct {
		heading string
		columns int
		fields  []*field
	}{{obj.label + " Information", 2, info}, {"Description Information", 1, texts}, {"System Information", 2, system}} {
		if len(s.fields) > 0 {
			sections = append(sections, o.layoutSection(obj, i, n, s.heading, s.columns, s.fields))
		}
	}
	return sections
}

func (o *Org) layoutSection(obj *object, i, n int, heading string, columns int, fields []*field) ordered {
	rows := []ordered{}
	for row := range slices.Chunk(fields, columns) {
		items := []ordered{}
		for j, f := range row {
			items = append(items, o.layoutItem(obj, f, len(rows)*columns+j+1))
		}
		for len(items) < columns {
			items = append(items, ordered{
				{"editableForNew", false}, {"editableForUpdate", false}, {"label", ""}, {"layoutComponents", []any{}}, {"placeholder", true}, {"required", false},
			})
		}
		rows = append(rows, ordered{{"layoutItems", items}, {"numItems", len(items)}})
	}
	return ordered{
		{"collapsed", false},
		{"columns", columns},
		{"heading", o.said(heading)},
		{"layoutRows", rows},
		{"layoutSectionId", newID("01B", o.db.instance, o.serialOf(obj, i)*8+uint64(n))},
		{"parentLayoutId", o.layoutID(obj, i)},
		{"rows", len(rows)},
		{"tabOrder", "LeftToRight"},
		{"useCollapsibleSection", true},
		{"useHeading", n > 0},
	}
}

// layoutItem is a field on the page.
func (o *Org) layoutItem(obj *object, f *field, place int) ordered {
	lines := 1
	if f.kind == kTextArea {
		lines = 6
	}
	label := f.label
	if f.kind == kReference {
		label = strings.TrimSuffix(label, " ID")
	}
	return ordered{
		{"editableForNew", o.fieldCreateable(obj, f)},
		{"editableForUpdate", o.fieldUpdateable(obj, f)},
		{"label", o.said(label)},
		{"layoutComponents", []ordered{{
			{"details", o.describeField(obj, f)}, {"displayLines", lines}, {"tabOrder", place}, {"type", "Field"}, {"value", f.name},
		}}},
		{"placeholder", false},
		{"required", o.fieldRequired(obj, f)},
	}
}

// relatedLists are the lists of what refers to a record, with the column that names it.
func (o *Org) relatedLists(parent *object) []ordered {
	list := []ordered{}
	for _, child := range o.schema.objects {
		name := child.nameField()
		if child.setup || name == nil || !o.sees(child) || !o.seesField(child, name) {
			continue
		}
		for _, f := range child.fields {
			if f.children == "" || !listed(f.refs, parent.name) || !o.seesField(child, f) {
				continue
			}
			list = append(list, ordered{
				{"accessLevelRequiredForCreate", nil},
				{"buttons", []any{}},
				{"columns", []ordered{{
					{"field", child.name + "." + name.name}, {"fieldApiName", name.name}, {"format", nil}, {"label", o.said(name.label)}, {"lookupId", "Id"}, {"name", name.name},
				}}},
				{"custom", child.custom()},
				{"field", f.name},
				{"label", o.said(child.plural)},
				{"limitRows", 5},
				{"name", f.children},
				{"sobject", child.name},
				{"sort", []any{}},
			})
		}
	}
	return list
}
