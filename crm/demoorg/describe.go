package demoorg

import (
	"net/http"
	"time"
)

// Describe tells a client what the user may see and do. It follows the rules and changes with them.

func (o *Org) describeGlobal(c *call) (reply, *apiError) {
	var list []ordered
	for _, obj := range o.schema.objects {
		if o.sees(obj) {
			list = append(list, o.objectSummary(c, obj))
		}
	}
	return ok(ordered{{"encoding", "UTF-8"}, {"maxBatchSize", 200}, {"sobjects", list}})
}

func (o *Org) objectInfo(c *call, obj *object) (reply, *apiError) {
	if err := c.allow(http.MethodGet, http.MethodHead, http.MethodPost); err != nil {
		return reply{}, err
	}
	return ok(ordered{{"objectDescribe", o.objectSummary(c, obj)}, {"recentItems", []any{}}})
}

func (o *Org) objectSummary(c *call, obj *object) ordered {
	url := c.base() + "/sobjects/" + obj.name
	urls := ordered{{"sobject", url}, {"describe", url + "/describe"}, {"rowTemplate", url + "/{ID}"}}
	if !obj.setup {
		urls = append(urls, pair{"layouts", url + "/describe/layouts"}, pair{"compactLayouts", url + "/describe/compactLayouts"})
	}
	return ordered{
		{"activateable", false},
		{"associateEntityType", nil},
		{"createable", o.mayCreate(obj)},
		{"custom", obj.custom()},
		{"customSetting", false},
		{"deletable", o.mayDelete(obj)},
		{"deprecatedAndHidden", false},
		{"feedEnabled", !obj.setup},
		{"hasSubtypes", false},
		{"isInterface", false},
		{"isSubtype", false},
		{"keyPrefix", obj.prefix},
		{"label", o.said(obj.label)},
		{"labelPlural", o.said(obj.plural)},
		{"layoutable", !obj.setup},
		{"mergeable", obj.name == "Account" || obj.name == "Contact" || obj.name == "Lead"},
		{"mruEnabled", !obj.setup},
		{"name", obj.name},
		{"queryable", true},
		{"replicateable", true},
		{"retrieveable", true},
		{"searchable", obj.searchable},
		{"triggerable", !obj.setup},
		{"undeletable", o.mayDelete(obj)},
		{"updateable", o.mayEdit(obj)},
		{"urls", urls},
	}
}

// describeObject answers 304 to a client that has the current description.
func (o *Org) describeObject(c *call, obj *object) (reply, *apiError) {
	if err := c.allow(http.MethodGet, http.MethodHead); err != nil {
		return reply{}, err
	}
	changed := o.rulesChanged.UTC().Truncate(time.Second)
	header := http.Header{"Last-Modified": {changed.Format(http.TimeFormat)}}
	if since, err := http.ParseTime(c.header.Get("If-Modified-Since")); err == nil && !changed.After(since) {
		return reply{status: http.StatusNotModified, header: header}, nil
	}
	var fields []ordered
	for _, f := range obj.fields {
		if o.seesField(obj, f) {
			fields = append(fields, o.describeField(obj, f))
		}
	}
	body := append(o.objectSummary(c, obj), ordered{
		{"actionOverrides", []any{}},
		{"childRelationships", o.childRelationships(obj)},
		{"compactLayoutable", !obj.setup},
		{"fields", fields},
		{"listviewable", nil},
		{"lookupLayoutable", nil},
		{"namedLayoutInfos", []any{}},
		{"networkScopeFieldName", nil},
		{"recordTypeInfos", o.recordTypeInfos(c, obj)},
		{"searchLayoutable", obj.searchable},
		{"supportedScopes", []ordered{{{"label", o.said("All " + obj.plural)}, {"name", "everything"}}}},
	}...)
	return reply{status: http.StatusOK, header: header, body: body}, nil
}

func (o *Org) childRelationships(parent *object) []ordered {
	list := []ordered{}
	for _, child := range o.schema.objects {
		for _, f := range child.fields {
			if f.children == "" || !listed(f.refs, parent.name) || !o.sees(child) || !o.seesField(child, f) {
				continue
			}
			list = append(list, ordered{
				{"cascadeDelete", false},
				{"childSObject", child.name},
				{"deprecatedAndHidden", false},
				{"field", f.name},
				{"junctionIdListNames", []any{}},
				{"junctionReferenceTo", []any{}},
				{"relationshipName", f.children},
				{"restrictedDelete", false},
			})
		}
	}
	return list
}

// soapTypes are the SOAP types that describe adds to its own.
var soapTypes = map[kind]string{
	kID: "tns:ID", kReference: "tns:ID", kBoolean: "xsd:boolean", kInt: "xsd:int", kCurrency: "xsd:double",
	kPercent: "xsd:double", kDate: "xsd:date", kDateTime: "xsd:dateTime", kBase64: "xsd:base64Binary",
}

func (o *Org) describeField(obj *object, f *field) ordered {
	f = o.asSet(obj, f)
	soap, known := soapTypes[f.kind]
	if !known {
		soap = "xsd:string"
	}
	length, digits, precision, scale := 0, 0, 0, 0
	switch {
	case f.kind == kInt:
		digits = f.length
	case f.kind.isNumber():
		precision, scale = 18, 2
	default:
		length = f.length
	}
	refs := f.refs
	if refs == nil {
		refs = []string{}
	}
	return ordered{
		{"aggregatable", f.filterable()},
		{"aiPredictionField", false},
		{"autoNumber", f.name == "CaseNumber"},
		{"byteLength", length * 3},
		{"calculated", false},
		{"calculatedFormula", nil},
		{"cascadeDelete", false},
		{"caseSensitive", false},
		{"compoundFieldName", nil},
		{"controllerName", nil},
		{"createable", o.fieldCreateable(obj, f)},
		{"custom", f.custom()},
		{"defaultValue", defaultValue(f)},
		{"defaultValueFormula", nil},
		{"defaultedOnCreate", f.defaulted},
		{"dependentPicklist", false},
		{"deprecatedAndHidden", false},
		{"digits", digits},
		{"displayLocationInDecimal", false},
		{"encrypted", false},
		{"externalId", f.external},
		{"extraTypeInfo", nil},
		{"filterable", f.filterable()},
		{"filteredLookupInfo", nil},
		{"formulaTreatNullNumberAsZero", false},
		{"groupable", f.groupable()},
		{"highScaleNumber", false},
		{"htmlFormatted", false},
		{"idLookup", f.kind == kID || f.external},
		{"inlineHelpText", nil},
		{"label", o.said(f.label)},
		{"length", length},
		{"mask", nil},
		{"maskType", nil},
		{"name", f.name},
		{"nameField", f.isName},
		{"namePointing", f.polymorphic()},
		{"nillable", !o.fieldRequired(obj, f) && !f.defaulted && f.kind != kID},
		{"permissionable", !f.required && f.kind != kID},
		{"picklistValues", o.picklistValues(f)},
		{"polymorphicForeignKey", f.polymorphic()},
		{"precision", precision},
		{"queryByDistance", false},
		{"referenceTargetField", nil},
		{"referenceTo", refs},
		{"relationshipName", orNull(f.relation)},
		{"relationshipOrder", nil},
		{"restrictedDelete", false},
		{"restrictedPicklist", f.restricted},
		{"scale", scale},
		{"searchPrefilterable", false},
		{"soapType", soap},
		{"sortable", f.filterable()},
		{"type", f.kind},
		{"unique", f.unique},
		{"updateable", o.fieldUpdateable(obj, f)},
		{"writeRequiresMasterRead", false},
	}
}

func (o *Org) picklistValues(f *field) []ordered {
	list := []ordered{}
	for _, c := range f.choices {
		list = append(list, ordered{{"active", true}, {"defaultValue", c.isDefault}, {"label", o.said(c.value)}, {"validFor", nil}, {"value", c.value}})
	}
	return list
}

func defaultValue(f *field) any {
	if f.kind == kBoolean {
		return false
	}
	return nil
}

func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}
