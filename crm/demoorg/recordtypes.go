package demoorg

// recordType is a record type of an object.
type recordType struct {
	name, apiName string
	available     bool // in the users' profile
	isDefault     bool
	id            string // once its row is there
}

// withRecordTypes gives an object record types, and the field that refers to them.
func (o *object) withRecordTypes(types ...recordType) *object {
	for _, t := range types {
		o.recordTypes = append(o.recordTypes, &t)
	}
	o.add(reference("RecordTypeId", "Record Type ID", "RecordType", "", "RecordType").preset())
	return o
}

func recordTypeObject() *object {
	o := newObject("RecordType", "Record Type", "Record Types", "012",
		text("Name", "Name", 80).naming(), text("DeveloperName", "Record Type Name", 80), text("SobjectType", "SObject Type Name", 40),
		flag("IsActive", "Active"))
	o.setup = true
	o.system()
	return o
}

// seedRecordTypes makes the rows of the record types.
func (o *Org) seedRecordTypes() {
	for _, obj := range o.schema.objects {
		for _, t := range obj.recordTypes {
			t.id = o.row("RecordType", o.now().AddDate(-2, 0, 0), map[string]any{
				"Name": t.name, "DeveloperName": t.apiName, "SobjectType": obj.name, "IsActive": true,
			}).id
		}
	}
}

// defaultRecordType is the id of the record type that a new record gets, nil where the object has none.
func (o *object) defaultRecordType() any {
	for _, t := range o.recordTypes {
		if t.isDefault && t.id != "" {
			return t.id
		}
	}
	return nil
}

// checkRecordType refuses a record type of another object, or one that the user's profile does not have.
func (o *Org) checkRecordType(obj *object, id string) *apiError {
	for _, t := range obj.recordTypes {
		if t.id == id && o.mayUse(obj, t) {
			return nil
		}
	}
	return bad("INVALID_CROSS_REFERENCE_KEY", "Record Type ID: this ID value isn't valid for the user: %s", id).on("RecordTypeId")
}

// masterType is the record type of what has none.
const masterType = "012000000000000AAA"

func (t recordType) master() bool { return t.id == masterType }

// typesWithMaster are the record types of an object, and behind them the master type, which is always there.
func (o *object) typesWithMaster() (all []recordType) {
	for _, t := range o.recordTypes {
		all = append(all, *t)
	}
	return append(all, recordType{name: "Master", apiName: "Master", available: true, isDefault: len(o.recordTypes) == 0, id: masterType})
}

// recordTypeInfos is what describe tells of the record types.
func (o *Org) recordTypeInfos(c *call, obj *object) (out []ordered) {
	for _, t := range obj.typesWithMaster() {
		info := ordered{
			{"active", true},
			{"available", o.mayUse(obj, &t)},
			{"defaultRecordTypeMapping", t.isDefault},
			{"developerName", t.apiName},
			{"master", t.master()},
			{"name", t.name},
			{"recordTypeId", t.id},
		}
		if !obj.setup {
			info = append(info, pair{"urls", ordered{{"layout", c.base() + "/sobjects/" + obj.name + "/describe/layouts/" + t.id}}})
		}
		out = append(out, info)
	}
	return out
}
