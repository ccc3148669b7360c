package demoorg

import (
	"net/http"
	"net/url"
	"strings"
)

// input is one field of the page for a new record.
type input struct {
	Name, Label, Value, Type string
	Required                 bool
	Choices                  []string
	Long                     bool
}

// newPage creates a record. defaultFieldValues fills the form in: Name=value pairs separated by commas, with values
// encoded once more than the query.
func (o *Org) newPage(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodPost {
		o.missingPage(w)
		return
	}
	if err := r.ParseForm(); err != nil {
		o.missingPage(w)
		return
	}
	o.mu.Lock()
	obj := o.visible(r.PathValue("object"))
	if obj == nil || !o.mayCreate(obj) || !obj.searchable {
		o.mu.Unlock()
		o.missingPage(w)
		return
	}
	values, complaint, made := defaultValues(r), "", (*record)(nil)
	if r.Method == http.MethodPost {
		values = r.PostForm
		made, complaint = o.createFromForm(obj, r.PostForm)
	}
	data := map[string]any{
		"Tabs": o.tabs(obj.name), "Title": "New " + obj.label, "Object": obj.name, "Error": complaint,
		"Inputs": o.inputs(obj, values),
	}
	o.mu.Unlock()
	if made != nil {
		http.Redirect(w, r, string(linkTo(made)), http.StatusSeeOther)
		return
	}
	o.render(w, http.StatusOK, "new.html", data)
}

func defaultValues(r *http.Request) url.Values {
	v := url.Values{}
	for _, p := range strings.Split(r.Form.Get("defaultFieldValues"), ",") {
		name, value, ok := strings.Cut(p, "=")
		if !ok {
			continue
		}
		if plain, err := url.QueryUnescape(value); err == nil && strings.Contains(value, "%") {
			value = plain
		}
		v.Set(name, value)
	}
	return v
}

func (o *Org) createFromForm(obj *object, form url.Values) (*record, string) {
	in := map[string]any{}
	for _, f := range obj.fields {
		if v := form.Get(f.name); v != "" && o.fieldCreateable(obj, f) {
			in[f.name] = v
		}
	}
	rollback, commit := o.db.savepoint()
	made, err := o.insert(actor{userID: o.agent()}, obj, in)
	if err != nil {
		rollback()
		return nil, err.message
	}
	commit()
	return made, ""
}

func (o *Org) inputs(obj *object, values url.Values) []input {
	var ins []input
	for _, f := range obj.fields {
		if !o.seesField(obj, f) || !o.fieldCreateable(obj, f) || f.kind == kReference && f.name == "OwnerId" || f.kind == kBoolean {
			continue
		}
		in := input{
			Name: f.name, Label: f.label, Value: values.Get(f.name), Required: o.fieldRequired(obj, f), Type: "text",
			Long: f.kind == kTextArea,
		}
		switch f.kind {
		case kPhone:
			in.Type = "tel"
		case kEmail:
			in.Type = "email"
		case kDate:
			in.Type = "date"
		case kPicklist:
			for _, c := range f.choices {
				in.Choices = append(in.Choices, c.value)
			}
		}
		ins = append(ins, in)
	}
	return ins
}
