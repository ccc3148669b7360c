package main

import (
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"os"

	"github.com/k-capehart/go-salesforce/v3"
)

// contact is a contact with its account, as go-salesforce decodes it.
type contact struct {
	ID      string `soql:"selectColumn,fieldName=Id"`
	Name    string `soql:"selectColumn,fieldName=Name"`
	Account struct{ Name string }
}

// goSalesforce does the steps by github.com/k-capehart/go-salesforce.
func goSalesforce(url, token string) steps {
	s := steps{}
	sf, err := salesforce.Init(salesforce.Creds{Domain: url, AccessToken: token}, salesforce.WithAPIVersion("v60.0"))
	s.try("init", err == nil, err)
	if err != nil {
		return s
	}
	var contacts []contact
	err = sf.Query("SELECT Id, Name, Account.Name FROM Contact ORDER BY Name", &contacts)
	s.try("query", contacts, err)
	var groups []map[string]any
	err = sf.Query("SELECT LeadSource, COUNT(Id) FROM Contact GROUP BY LeadSource", &groups)
	s.try("grouped", groups, err)

	made, err := sf.InsertOne("Task", map[string]any{"Subject": "By go-salesforce", "CallType": "Inbound"})
	s.try("insert", made, err)
	err = sf.UpdateOne("Task", map[string]any{"Id": made.Id, "Description": "changed"})
	s.try("update", err == nil, err)
	upserted, err := sf.UpsertOne("Task", "Linecard_Call_Id__c", map[string]any{"Linecard_Call_Id__c": "go-1", "Subject": "By key"})
	s.try("upsert", upserted, err)
	several, err := sf.InsertCollection("Task", []map[string]any{{"Subject": "One"}, {"Subject": "Two"}}, 200)
	s.try("collection", several, err)
	composite, err := sf.InsertComposite("Task", []map[string]any{{"Subject": "Three"}, {"Subject": "Four"}}, 200, true)
	s.try("composite", composite, err)
	err = sf.DeleteOne("Task", map[string]any{"Id": made.Id})
	s.try("delete", err == nil, err)
	_, err = sf.InsertOne("Contact", map[string]any{"FirstName": "No", "Email": "no"})
	s.try("refused", nil, err)

	name, err := os.CreateTemp("", "contacts-*.csv")
	if err == nil {
		defer os.Remove(name.Name())
		_ = name.Close()
		err = sf.QueryBulkExport("SELECT Id, Name FROM Contact", name.Name())
	}
	var rows []byte
	if err == nil {
		rows, err = os.ReadFile(name.Name())
	}
	s.try("bulk", string(rows), err)

	body, _ := json.Marshal(map[string]string{"Title": "profile", "PathOnClient": "profile.toml", "VersionData": base64.StdEncoding.EncodeToString([]byte("[a]\n"))})
	resp, err := sf.DoRequest(http.MethodPost, "/sobjects/ContentVersion", body)
	s.try("file", status(resp), err)
	resp, err = sf.DoRequest(http.MethodGet, "/sobjects/Contact/listviews", nil)
	s.try("listviews", status(resp), err)
	return s
}

// status is an answer's status with its body, which it closes.
func status(resp *http.Response) any {
	if resp == nil {
		return nil
	}
	defer resp.Body.Close()
	b, _ := io.ReadAll(resp.Body)
	return map[string]any{"status": resp.StatusCode, "body": string(b)}
}
