package setup_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// page is where the Metadata API Developer Guide describes a type.
const page = "https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/"

// shape is a type of the Metadata API as its page describes it, as far as the project uses it: a field in each line of fields, with
// its type. "!" is a field that the page calls required (or that the form in Setup asks for), "[]" one that may stand several
// times. A type is string, bool, int, a list of values, or another shape.
type shape struct{ page, fields string }

var shapes = map[string]shape{
	"ExternalClientApplication": {"meta_externalclientapplication.htm", `
		contactEmail string!
		contactPhone string
		description string
		distributionState Local|Packaged!
		iconUrl string
		infoUrl string
		isProtected bool
		label string!
		logoUrl string
		orgScopedExternalApp string`},
	"ExtlClntAppOauthSettings": {"meta_extlclntappoauthsettings.htm", `
		commaSeparatedOauthScopes string!
		externalClientApplication string!
		isFirstPartyAppEnabled bool
		label string!
		oauthLink string
		singleLogoutUrl string`},
	"ExtlClntAppGlobalOauthSettings": {"meta_extlclntappglobaloauthsettings.htm", `
		callbackUrl string!
		certificate string
		consumerKey string
		consumerSecret string
		externalClientApplication string!
		isClientCredentialsFlowEnabled bool
		isCodeCredFlowEnabled bool
		isCodeCredPostOnly bool
		isConsumerSecretOptional bool!
		isDeviceFlowEnabled bool
		isIntrospectAllTokens bool
		isNamedUserJwtEnabled bool
		isPkceRequired bool!
		isRefreshTokenRotationEnabled bool
		isSecretRequiredForRefreshToken bool!
		isSecretRequiredForTokenExchange bool
		isTokenExchangeEnabled bool
		label string!
		shouldRotateConsumerKey bool
		shouldRotateConsumerSecret bool`},
	"ExtlClntAppOauthConfigurablePolicies": {"meta_extlclntappoauthconfigurablepolicies.htm", `
		clientCredentialsFlowUser string
		commaSeparatedPermissionSet string!
		commaSeparatedProfile string
		externalClientApplication string!
		ipRelaxationPolicyType Enforce|Bypass|Bypass_2factor|Enforce_RelaxRefresh!
		isClientCredentialsFlowEnabled bool
		label string!
		permittedUsersPolicyType AdminApprovedPreAuthorized|AllSelfAuthorized!
		policyAction Block|RaiseSessionLevel
		refreshTokenPolicyType Infinite|SpecificInactivity|SpecificLifetime|Zero!
		refreshTokenValidityPeriod int
		refreshTokenValidityUnit Days|Hours|Months
		requiredSessionLevel HIGH_ASSURANCE|LOW|STANDARD
		sessionTimeoutInMinutes int`},
	"ExtlClntAppConfigurablePolicies": {"meta_extlclntappconfigurablepolicies.htm", `
		externalClientApplication string!
		isEnabled bool!
		isOauthPluginEnabled bool
		label string!`},
	"CustomField": {"customfield.htm", `
		fullName string!
		caseSensitive bool
		description string
		externalId bool
		formula string
		formulaTreatBlanksAs BlankAsBlank|BlankAsZero
		inlineHelpText string
		label string!
		length int
		precision int
		required bool
		scale int
		type Text|Number!
		unique bool`},
	"PermissionSet": {"meta_permissionset.htm", `
		description string
		fieldPermissions PermissionSetFieldPermissions[]
		hasActivationRequired bool
		label string!
		license string
		objectPermissions PermissionSetObjectPermissions[]
		userPermissions PermissionSetUserPermission[]`},
	"PermissionSetFieldPermissions": {"meta_permissionset.htm", `
		editable bool!
		field string!
		readable bool`},
	"PermissionSetObjectPermissions": {"meta_permissionset.htm", `
		allowCreate bool!
		allowDelete bool!
		allowEdit bool!
		allowRead bool!
		modifyAllRecords bool!
		object string!
		viewAllRecords bool!`},
	"PermissionSetUserPermission": {"meta_permissionset.htm", `
		enabled bool!
		name string!`},
	"QuickAction": {"meta_quickaction.htm", `
		description string
		label string!
		optionsCreateFeedItem bool!
		quickActionLayout QuickActionLayout
		successMessage string
		targetObject string
		targetParentField string
		type Create|LogACall|Update!`},
	"QuickActionLayout": {"meta_quickaction.htm", `
		layoutSectionStyle TwoColumnsTopToBottom|TwoColumnsLeftToRight|OneColumn|CustomLinks!
		quickActionLayoutColumns QuickActionLayoutColumn[]`},
	"QuickActionLayoutColumn": {"meta_quickaction.htm", `
		quickActionLayoutItems QuickActionLayoutItem[]`},
	"QuickActionLayoutItem": {"meta_quickaction.htm", `
		emptySpace bool
		field string
		uiBehavior Edit|Required|Readonly`},
	"ReportType": {"meta_reporttype.htm", `
		baseObject string!
		category accounts|opportunities|forecasts|cases|leads|campaigns|activities|other!
		deployed bool!
		description string
		label string!
		sections ReportLayoutSection[]!`},
	"ReportLayoutSection": {"meta_reporttype.htm", `
		columns ReportTypeColumn[]
		masterLabel string!`},
	"ReportTypeColumn": {"meta_reporttype.htm", `
		checkedByDefault bool!
		displayNameOverride string
		field string!
		table string!`},
	"ReportFolder":    {"meta_folder.htm", folder},
	"DashboardFolder": {"meta_folder.htm", folder},
	"FolderShare": {"meta_folder.htm", `
		accessLevel View|EditAllContents|Manage!
		sharedTo string!
		sharedToType Group|Role|RoleAndSubordinates|RoleAndSubordinatesInternal|Organization|User!`},
	"Report": {"meta_report.htm", `
		columns ReportColumn[]
		description string
		filter ReportFilter
		format MultiBlock|Matrix|Summary|Tabular!
		groupingsDown ReportGrouping[]
		name string!
		reportType string!
		scope string
		showDetails bool
		showGrandTotal bool
		showSubTotals bool
		timeFrameFilter ReportTimeFrameFilter`},
	"ReportColumn": {"meta_report.htm", `
		aggregateTypes Sum|Average|Maximum|Minimum|None
		field string!`},
	"ReportFilter": {"meta_report.htm", `
		booleanFilter string
		criteriaItems ReportFilterItem[]`},
	"ReportFilterItem": {"meta_report.htm", `
		column string!
		columnToColumn bool
		isUnlocked bool
		operator equals|notEqual|lessThan|greaterThan|lessOrEqual|greaterOrEqual|contains|notContain|startsWith|includes|excludes|within!
		value string`},
	"ReportGrouping": {"meta_report.htm", `
		dateGranularity None|Day|Week|Month|Quarter|Year|FiscalQuarter|FiscalYear|MonthInYear|DayInMonth
		field string!
		sortOrder Asc|Desc!`},
	"ReportTimeFrameFilter": {"meta_report.htm", `
		dateColumn string!
		interval INTERVAL_CURY|INTERVAL_CURRENT|INTERVAL_LAST30|INTERVAL_CUSTOM!`},
	"Dashboard": {"meta_dashboard.htm", `
		backgroundEndColor string!
		backgroundFadeDirection TopToBottom|LeftToRight|Diagonal!
		backgroundStartColor string!
		dashboardGridLayout DashboardGridLayout
		dashboardType SpecifiedUser|LoggedInUser|MyTeamUser
		description string
		isGridLayout bool
		runningUser string
		textColor string!
		title string!
		titleColor string!
		titleSize int!`},
	"DashboardGridLayout": {"meta_dashboard.htm", `
		dashboardGridComponents DashboardGridComponent[]
		numberOfColumns int!
		rowHeight int!`},
	"DashboardGridComponent": {"meta_dashboard.htm", `
		colSpan int!
		columnIndex int!
		dashboardComponent DashboardComponent!
		rowIndex int!
		rowSpan int!`},
	"DashboardComponent": {"meta_dashboard.htm", `
		autoselectColumnsFromReport bool
		chartAxisRange Auto|Manual
		componentType Bar|Column|Donut|Line|Metric|Pie|Table!
		displayUnits Auto|Integer|Hundreds|Thousands|Millions|Billions|Trillions
		drillEnabled bool
		drillToDetailEnabled bool
		enableHover bool
		expandOthers bool
		header string
		legendPosition Right|Bottom|OnChart
		report string
		showPercentage bool
		showTotal bool
		showValues bool
		sortBy RowLabelAscending|RowLabelDescending|RowValueAscending|RowValueDescending
		title string
		useReportChart bool`},
}

const folder = `
		accessType Hidden|Public|PublicInternal|Shared
		folderShares FolderShare[]
		name string!`

// typeField is a line of a shape.
type typeField struct {
	name, kind         string
	required, repeated bool
}

func (s shape) list() (all []typeField) {
	for line := range strings.Lines(s.fields) {
		name, kind, ok := strings.Cut(strings.TrimSpace(line), " ")
		if !ok {
			continue
		}
		f := typeField{name: name}
		kind, f.required = strings.CutSuffix(kind, "!")
		f.kind, f.repeated = strings.CutSuffix(kind, "[]")
		all = append(all, f)
	}
	return all
}

// check compares an element with a shape: what may be in it, in which order, how often, with which values.
func (s shape) check(n *node) (wrong []string) {
	fields := s.list()
	bad := func(format string, args ...any) { wrong = append(wrong, n.Name+": "+fmt.Sprintf(format, args...)) }
	seen := map[string]int{}
	last := -1
	for _, c := range n.Children {
		at := slices.IndexFunc(fields, func(f typeField) bool { return f.name == c.Name })
		if at < 0 {
			bad("the type has no %s", c.Name)
			continue
		}
		if at < last {
			bad("%s stands too late", c.Name)
		}
		last = max(at, last)
		if seen[c.Name]++; seen[c.Name] > 1 && !fields[at].repeated {
			bad("%s stands twice", c.Name)
		}
		if err := fields[at].takes(c); err != "" {
			bad("%s", err)
		}
		if inner, ok := shapes[fields[at].kind]; ok {
			wrong = append(wrong, inner.check(c)...)
		}
	}
	for _, f := range fields {
		if f.required && seen[f.name] == 0 {
			bad("%s is missing", f.name)
		}
	}
	return wrong
}

// takes returns what is wrong with the value of an element, or "".
func (f typeField) takes(c *node) string {
	if _, nested := shapes[f.kind]; nested {
		if len(c.Children) == 0 {
			return c.Name + " is empty"
		}
		return ""
	}
	if len(c.Children) > 0 {
		return c.Name + " takes no elements"
	}
	switch f.kind {
	case "string":
		if c.Text == "" && c.Name != "value" {
			return c.Name + " is empty"
		}
		return ""
	case "bool":
		if c.Text == "true" || c.Text == "false" {
			return ""
		}
	case "int":
		if _, err := strconv.Atoi(c.Text); err == nil {
			return ""
		}
	default:
		if slices.Contains(strings.Split(f.kind, "|"), c.Text) {
			return ""
		}
	}
	return fmt.Sprintf("%s takes %s, not %q", c.Name, f.kind, c.Text)
}

// Every file of the project must have the shape that the Metadata API documents for its type, and name that page.
func TestShapes(t *testing.T) {
	for _, o := range variants() {
		for _, f := range metadata(t, o) {
			s, ok := shapes[f.root.Name]
			if !ok {
				t.Errorf("%s: no page is known for the type %s", f.Path, f.root.Name)
				continue
			}
			if !strings.Contains(string(f.Data), page+s.page) {
				t.Errorf("%s does not name the page of its type, %s", f.Path, s.page)
			}
			for _, w := range s.check(f.root) {
				t.Errorf("%s: %s", f.Path, w)
			}
		}
	}
}

// The check itself must find what an org refuses.
func TestShapesAreChecked(t *testing.T) {
	const right = `<ExtlClntAppConfigurablePolicies><externalClientApplication>A</externalClientApplication><isEnabled>true</isEnabled><label>L</label></ExtlClntAppConfigurablePolicies>`
	if w := shapes["ExtlClntAppConfigurablePolicies"].check(parse(t, right)); len(w) > 0 {
		t.Fatal(w)
	}
	for what, wrong := range map[string]string{
		"an unknown element":  strings.Replace(right, "<label>", "<color>red</color><label>", 1),
		"another order":       strings.Replace(right, "<externalClientApplication>A</externalClientApplication><isEnabled>true</isEnabled>", "<isEnabled>true</isEnabled><externalClientApplication>A</externalClientApplication>", 1),
		"an element twice":    strings.Replace(right, "<label>L</label>", "<label>L</label><label>L</label>", 1),
		"a missing element":   strings.Replace(right, "<isEnabled>true</isEnabled>", "", 1),
		"an impossible value": strings.Replace(right, ">true<", ">yes<", 1),
		"an empty value":      strings.Replace(right, ">L<", "><", 1),
	} {
		if w := shapes["ExtlClntAppConfigurablePolicies"].check(parse(t, wrong)); len(w) != 1 {
			t.Errorf("%s: %q", what, w)
		}
	}
}
