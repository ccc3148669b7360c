package setup_test

import (
	"encoding/json"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"

	"linecard/crm/salesforce/setup"
)

// places are where a type has its files, as the page of the type says: folder and suffix.
var places = map[string][2]string{
	"ExternalClientApplication":            {"externalClientApps", "eca"},
	"ExtlClntAppOauthSettings":             {"extlClntAppOauthSettings", "ecaOauth"},
	"ExtlClntAppGlobalOauthSettings":       {"extlClntAppGlobalOauthSets", "ecaGlblOauth"},
	"ExtlClntAppOauthConfigurablePolicies": {"extlClntAppOauthPolicies", "ecaOauthPlcy"},
	"ExtlClntAppConfigurablePolicies":      {"extlClntAppPolicies", "ecaPlcy"},
	"CustomField":                          {"objects/*/fields", "field"},
	"PermissionSet":                        {"permissionsets", "permissionset"},
	"QuickAction":                          {"quickActions", "quickAction"},
	"ReportType":                           {"reportTypes", "reportType"},
	"ReportFolder":                         {"reports", "reportFolder"},
	"Report":                               {"reports/*", "report"},
	"DashboardFolder":                      {"dashboards", "dashboardFolder"},
	"Dashboard":                            {"dashboards/*", "dashboard"},
}

// fullName is what a component is called, and whether its file is where its type has it.
func (f file) fullName() (name string, ok bool) {
	at, known := places[f.root.Name]
	rest, below := strings.CutPrefix(f.Path, "force-app/main/default/")
	base, suffixed := strings.CutSuffix(path.Base(rest), "."+at[1]+"-meta.xml")
	matched, _ := path.Match(at[0], path.Dir(rest))
	parts := strings.Split(path.Dir(rest), "/")
	switch f.root.Name {
	case "CustomField":
		base = parts[1] + "." + base
	case "Report", "Dashboard":
		base = parts[1] + "/" + base
	}
	return base, known && below && suffixed && matched
}

// standard are the fields of Salesforce itself that the project names, as the Object Reference has them.
var standard = map[string][]string{
	"Account":     {"Fax", "Phone", "Type"},
	"Activity":    {"Account", "ActivityDate", "CallDisposition", "CallDurationInSeconds", "CallType", "CreatedDate", "Owner", "Status", "Subject", "What", "Who"},
	"Case":        {"AccountId", "ContactId", "Description", "Origin", "Priority", "Subject", "SuppliedName", "SuppliedPhone"},
	"Contact":     {"AccountId", "AssistantPhone", "DoNotCall", "Email", "HomePhone", "MobilePhone", "OtherPhone", "Phone", "Title"},
	"Event":       {"Description", "WhatId", "WhoId"},
	"Lead":        {"DoNotCall", "Email", "MobilePhone", "Phone", "Title"},
	"Opportunity": {"AccountId", "Amount"},
	"Task":        {"ActivityDate", "Description", "Subject", "WhatId", "WhoId"},
}

// always are fields that every org requires. A permission set that names one is refused ("You cannot deploy to a required field").
var always = []string{"Account.Name", "Case.Status", "Contact.LastName", "Lead.Company", "Lead.LastName", "Lead.Status", "Opportunity.CloseDate", "Opportunity.Name", "Opportunity.StageName", "Task.Priority", "Task.Status", "Task.Subject"}

// components are the names of all components by type, and of the custom fields by object. Task and Event have those of Activity.
func components(t *testing.T, files []file) (byType map[string][]string, fields map[string][]string) {
	t.Helper()
	byType, fields = map[string][]string{}, map[string][]string{}
	for object, names := range standard {
		fields[object] = slices.Clone(names)
	}
	for _, f := range files {
		name, ok := f.fullName()
		if !ok {
			t.Errorf("%s is not where %s has its files", f.Path, f.root.Name)
		}
		byType[f.root.Name] = append(byType[f.root.Name], name)
		if object, field, _ := strings.Cut(name, "."); f.root.Name == "CustomField" {
			if f.root.text("fullName") != field {
				t.Errorf("%s is called %s", f.Path, f.root.text("fullName"))
			}
			fields[object] = append(fields[object], field)
			if object == "Activity" {
				fields["Task"], fields["Event"] = append(fields["Task"], field), append(fields["Event"], field)
			}
		}
	}
	return byType, fields
}

// Whatever a file names must be in the project, or be Salesforce's own.
func TestReferences(t *testing.T) {
	files := metadata(t, options())
	byType, fields := components(t, files)
	has := func(kind, name string) bool { return slices.Contains(byType[kind], name) }
	for _, f := range files {
		if app := f.root.text("externalClientApplication"); app != "" && !has("ExternalClientApplication", app) {
			t.Errorf("%s: there is no app %s", f.Path, app)
		}
		if set := f.root.text("commaSeparatedPermissionSet"); set != "" && !has("PermissionSet", set) {
			t.Errorf("%s: there is no permission set %s", f.Path, set)
		}
		for _, column := range slices.Concat(f.root.all("columns"), f.root.all("groupingsDown")) {
			checkColumn(t, f, files, column.text("field"))
		}
		for _, filter := range f.root.all("filter") {
			for _, item := range filter.all("criteriaItems") {
				checkColumn(t, f, files, item.text("column"))
			}
		}
		for _, frame := range f.root.all("timeFrameFilter") {
			checkColumn(t, f, files, frame.text("dateColumn"))
		}
		for _, section := range f.root.all("sections") {
			for _, c := range section.all("columns") {
				if c.text("table") != f.root.text("baseObject") || !slices.Contains(fields[c.text("table")], c.text("field")) {
					t.Errorf("%s: %s has no field %s", f.Path, c.text("table"), c.text("field"))
				}
			}
		}
		for _, grid := range f.root.all("dashboardGridLayout") {
			for _, c := range grid.all("dashboardGridComponents") {
				if report := c.all("dashboardComponent")[0].text("report"); !has("Report", report) {
					t.Errorf("%s: there is no report %s", f.Path, report)
				}
			}
		}
		if folder, _, in := strings.Cut(mustName(f), "/"); in && !has(f.root.Name+"Folder", folder) {
			t.Errorf("%s: there is no folder %s", f.Path, folder)
		}
	}
	action := the(t, files, "QuickAction").root
	for _, item := range action.all("quickActionLayout")[0].all("quickActionLayoutColumns")[0].all("quickActionLayoutItems") {
		if !slices.Contains(fields[action.text("targetObject")], item.text("field")) {
			t.Errorf("the quick action has no field %s", item.text("field"))
		}
	}
}

func mustName(f file) string {
	name, _ := f.fullName()
	return name
}

// checkColumn checks that a column of a report is one of its report type.
func checkColumn(t *testing.T, f file, files []file, column string) {
	t.Helper()
	kind, custom := strings.CutSuffix(f.root.text("reportType"), "__c")
	for _, other := range files {
		if name, _ := other.fullName(); !custom || other.root.Name != "ReportType" || name != kind {
			continue
		}
		for _, section := range other.root.all("sections") {
			for _, c := range section.all("columns") {
				if column == c.text("table")+"$"+c.text("field") {
					return
				}
			}
		}
	}
	t.Errorf("%s: the report type %s has no column %s", f.Path, f.root.text("reportType"), column)
}

// A field that is grouped by must not be a column, a report has at most 40 characters of name and 255 of description, and only a
// number is added up: else the deployment is refused.
func TestReports(t *testing.T) {
	reports := 0
	for _, f := range metadata(t, options()) {
		if f.root.Name != "Report" {
			continue
		}
		reports++
		for _, g := range f.root.all("groupingsDown") {
			for _, c := range f.root.all("columns") {
				if c.text("field") == g.text("field") {
					t.Errorf("%s groups by a column, %s", f.Path, c.text("field"))
				}
			}
		}
		for _, c := range f.root.all("columns") {
			if c.text("aggregateTypes") != "" && c.text("field") != "Activity$Linecard_Minutes__c" {
				t.Errorf("%s adds up %s", f.Path, c.text("field"))
			}
		}
		if len(f.root.text("name")) > 40 || len(f.root.text("description")) > 255 {
			t.Errorf("%s has a name or description that is too long", f.Path)
		}
	}
	if reports != 4 {
		t.Errorf("%d reports", reports)
	}
}

// The grid of a dashboard has twelve columns, and no two components in one place.
func TestDashboardGrid(t *testing.T) {
	grid := the(t, metadata(t, options()), "Dashboard").root.all("dashboardGridLayout")[0]
	taken := map[[2]int]bool{}
	for _, c := range grid.all("dashboardGridComponents") {
		for x := range number(t, c, "colSpan") {
			for y := range number(t, c, "rowSpan") {
				at := [2]int{number(t, c, "columnIndex") + x, number(t, c, "rowIndex") + y}
				if taken[at] || at[0] >= number(t, grid, "numberOfColumns") {
					t.Fatalf("column %d, row %d is taken twice or outside", at[0], at[1])
				}
				taken[at] = true
			}
		}
	}
}

func number(t *testing.T, n *node, name string) (v int) {
	t.Helper()
	if err := json.Unmarshal([]byte(n.text(name)), &v); err != nil {
		t.Fatal(name, err)
	}
	return v
}

// The permission set must grant every field of the project and all that exist, none that every org requires, and for each field of
// Task the same of Event, which Salesforce keeps together.
func TestPermissionSet(t *testing.T) {
	files := metadata(t, options())
	_, fields := components(t, files)
	set := the(t, files, "PermissionSet").root
	granted := map[string]string{}
	readable := map[string]bool{}
	for _, o := range set.all("objectPermissions") {
		readable[o.text("object")] = o.text("allowRead") == "true"
		for _, wide := range []string{"allowCreate", "allowDelete", "allowEdit", "modifyAllRecords", "viewAllRecords"} {
			makes := o.text("object") == "Case" && (wide == "allowCreate" || wide == "allowEdit") // a layout may write Cases
			if o.text(wide) != strconv.FormatBool(makes) {
				t.Errorf("%s of %s is more than an agent needs", wide, o.text("object"))
			}
		}
	}
	for _, p := range set.all("fieldPermissions") {
		name := p.text("field")
		object, field, _ := strings.Cut(name, ".")
		switch {
		case granted[name] != "":
			t.Errorf("%s is granted twice", name)
		case slices.Contains(always, name):
			t.Errorf("%s is required in every org, and must not be in a permission set", name)
		case !slices.Contains(fields[object], field):
			t.Errorf("there is no field %s", name)
		case object != "Task" && object != "Event" && !readable[object]:
			t.Errorf("%s is granted, but not its object", name)
		}
		granted[name] = p.text("editable")
	}
	for object, names := range fields {
		for _, field := range names {
			if custom := strings.HasSuffix(field, "__c"); custom && object != "Activity" && granted[object+"."+field] == "" {
				t.Errorf("%s.%s is of the project, but not granted", object, field)
			}
		}
	}
	for name, editable := range granted {
		if field, ok := strings.CutPrefix(name, "Task."); ok && granted["Event."+field] != editable {
			t.Errorf("%s is granted, but not of Event in the same way", name)
		}
	}
	if granted["Task."+setup.CallField] != "true" {
		t.Error("agents may not write the id of a call")
	}
	var rights []string
	for _, u := range set.all("userPermissions") {
		rights = append(rights, u.text("name"))
	}
	if !slices.Equal(rights, []string{"ApiEnabled", "EditTask"}) {
		t.Errorf("permissions %q", rights)
	}
}

// The two manifests name every component once, under their type.
func TestManifests(t *testing.T) {
	files, err := setup.Files(options())
	if err != nil {
		t.Fatal(err)
	}
	byType, _ := components(t, metadata(t, options()))
	for _, kind := range []string{"Report", "Dashboard"} { // a folder is a member of the type of what is in it
		byType[kind] = append(byType[kind], byType[kind+"Folder"]...)
		delete(byType, kind+"Folder")
	}
	named := map[string][]string{}
	for _, f := range files {
		if !strings.HasPrefix(f.Path, "manifest/") {
			continue
		}
		manifest := parse(t, string(f.Data))
		if got := manifest.text("version"); got != apiVersion(t, files) {
			t.Errorf("%s is for version %s", f.Path, got)
		}
		for _, kind := range manifest.all("types") {
			for _, m := range kind.all("members") {
				named[kind.text("name")] = append(named[kind.text("name")], m.Text)
			}
		}
	}
	for kind, names := range byType {
		slices.Sort(names)
		slices.Sort(named[kind])
		if !slices.Equal(names, named[kind]) {
			t.Errorf("the manifests have %s %q, the project %q", kind, named[kind], names)
		}
		delete(named, kind)
	}
	if len(named) > 0 {
		t.Errorf("the manifests name %v, which the project has not", named)
	}
}

// apiVersion is the version of the project.
func apiVersion(t *testing.T, files []setup.File) string {
	t.Helper()
	for _, f := range files {
		if f.Path != "sfdx-project.json" {
			continue
		}
		var p struct {
			Version     string `json:"sourceApiVersion"`
			Directories []struct{ Path string }
		}
		if err := json.Unmarshal(f.Data, &p); err != nil {
			t.Fatal(err)
		}
		return p.Version
	}
	t.Fatal("no sfdx-project.json")
	return ""
}
