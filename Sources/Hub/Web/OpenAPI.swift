/// The description of the JSON API (OpenAPI 3.1). A test holds the routes and their answers to it.
enum OpenAPI {
    static let description = """
        {"openapi":"3.1.0",
        "info":{"title":"Foyer","version":"1","description":"Alerts of supported living. Sign in by the page; each POST carries the session's form token in X-Form-Token."},
        "components":{
          "securitySchemes":{"session":{"type":"apiKey","in":"cookie","name":"foyer"}},
          "parameters":{"id":{"name":"id","in":"path","required":true,"schema":{"type":"string","maxLength":64}}},
          "responses":{"problem":{"description":"Why not (RFC 9457).","content":{"application/problem+json":{"schema":{"$ref":"#/components/schemas/Problem"}}}},
            "done":{"description":"It is stored.","content":{"application/json":{"schema":{"type":"object","required":["done"],"properties":{"done":{"const":true}}}}}}},
          "schemas":{
            "Problem":{"type":"object","required":["title","detail","status"],"properties":{"title":{"type":"string"},"detail":{"type":"string"},"status":{"type":"string"}}},
            "Text":{"type":"object","required":["en","fr"],"properties":{"en":{"type":"string"},"fr":{"type":"string"}}},
            "Alert":{"type":"object","required":["id","rule","severity","condition","response","display","title","place","began","noticed","late","count","events"],
              "properties":{"id":{"type":"string"},"rule":{"type":"string"},"severity":{"enum":["info","low","medium","high","critical"]},
              "condition":{"enum":["normal","pending","active","clearing"]},"response":{"enum":["unacknowledged","acknowledged","on_site","resolved","asked"]},
              "display":{"enum":["shown","shelved","suppressed","out_of_service"]},"display_until":{"type":"string","format":"date-time"},"display_by":{"type":"string"},"display_reason":{"type":"string"},
              "title":{"$ref":"#/components/schemas/Text"},"text":{"$ref":"#/components/schemas/Text"},"question":{"$ref":"#/components/schemas/Text"},
              "place":{"type":"object","required":["residence"],"properties":{"residence":{"type":"string"},"residence_title":{"$ref":"#/components/schemas/Text"},"room":{"type":"string"},"room_title":{"$ref":"#/components/schemas/Text"},"person":{"type":"string"},"device":{"type":"string"},"device_title":{"$ref":"#/components/schemas/Text"}}},
              "began":{"type":"string","format":"date-time"},"noticed":{"type":"string","format":"date-time"},"late":{"type":"boolean"},"count":{"type":"integer","minimum":1},
              "acknowledged":{"type":"string","format":"date-time"},"acknowledged_by":{"type":"string"},"on_site":{"type":"string","format":"date-time"},"on_site_by":{"type":"string"},
              "outcome":{"enum":["real","false","test","technical","other"]},"resolved":{"type":"string","format":"date-time"},"resolved_by":{"type":"string"},"note":{"type":"string"},
              "events":{"type":"array","items":{"type":"object","required":["sequence","device","capability","value","time"],"properties":{"sequence":{"type":"integer"},"device":{"type":"string"},"capability":{"type":"string"},"value":{"type":"string"},"time":{"type":"string","format":"date-time"}}}}}},
            "Residence":{"type":"object","required":["id","title","zone","rooms","on_shift"],"properties":{"id":{"type":"string"},"title":{"$ref":"#/components/schemas/Text"},"zone":{"type":"string"},
              "rooms":{"type":"array","items":{"type":"object","required":["id","title","kind"],"properties":{"id":{"type":"string"},"title":{"$ref":"#/components/schemas/Text"},"kind":{"type":"string"}}}},"on_shift":{"type":"array","items":{"type":"string"}}}},
            "Status":{"type":"object","required":["state","sequence","messages","events","openAlerts"],"properties":{"state":{"type":"string"},"sequence":{"type":"integer"},"messages":{"type":"integer"},"events":{"type":"integer"},"openAlerts":{"type":"integer"}}}
          }},
        "security":[{"session":[]}],
        "paths":{
          "/api/v1/openapi.json":{"get":{"summary":"This description.","security":[],"responses":{"200":{"description":"OpenAPI 3.1","content":{"application/json":{"schema":{"type":"object"}}}}}}},
          "/api/v1/alerts":{"get":{"summary":"Alerts, newest first.","parameters":[
            {"name":"residence","in":"query","schema":{"type":"string"}},{"name":"priority","in":"query","schema":{"enum":["info","low","medium","high","critical"]}},
            {"name":"outcome","in":"query","schema":{"enum":["real","false","test","technical","other"]}},{"name":"rule","in":"query","schema":{"type":"string"}},
            {"name":"from","in":"query","schema":{"type":"string","format":"date"}},{"name":"open","in":"query","schema":{"type":"boolean"}},{"name":"limit","in":"query","schema":{"type":"integer","minimum":1,"maximum":1000}}],
            "responses":{"200":{"description":"Alerts.","content":{"application/json":{"schema":{"type":"object","required":["alerts"],"properties":{"alerts":{"type":"array","items":{"$ref":"#/components/schemas/Alert"}}}}}}},"default":{"$ref":"#/components/responses/problem"}}}},
          "/api/v1/alerts/{id}":{"get":{"summary":"One alert with its events.","parameters":[{"$ref":"#/components/parameters/id"}],"responses":{"200":{"description":"The alert.","content":{"application/json":{"schema":{"$ref":"#/components/schemas/Alert"}}}},"default":{"$ref":"#/components/responses/problem"}}}},
          "/api/v1/alerts/{id}/acknowledge":{"post":{"summary":"I am going.","parameters":[{"$ref":"#/components/parameters/id"}],"responses":{"200":{"$ref":"#/components/responses/done"},"default":{"$ref":"#/components/responses/problem"}}}},
          "/api/v1/alerts/{id}/arrive":{"post":{"summary":"I am there.","parameters":[{"$ref":"#/components/parameters/id"}],"responses":{"200":{"$ref":"#/components/responses/done"},"default":{"$ref":"#/components/responses/problem"}}}},
          "/api/v1/alerts/{id}/unshelve":{"post":{"summary":"Let it call again.","parameters":[{"$ref":"#/components/parameters/id"}],"responses":{"200":{"$ref":"#/components/responses/done"},"default":{"$ref":"#/components/responses/problem"}}}},
          "/api/v1/alerts/{id}/resolve":{"post":{"summary":"It is over.","parameters":[{"$ref":"#/components/parameters/id"}],"requestBody":{"content":{"application/json":{"schema":{"type":"object","properties":{"outcome":{"enum":["real","false","test","technical","other"]},"note":{"type":"string","maxLength":4000}}}}}},"responses":{"200":{"$ref":"#/components/responses/done"},"default":{"$ref":"#/components/responses/problem"}}}},
          "/api/v1/residences":{"get":{"summary":"Residences with their rooms.","responses":{"200":{"description":"Residences.","content":{"application/json":{"schema":{"type":"object","required":["residences"],"properties":{"residences":{"type":"array","items":{"$ref":"#/components/schemas/Residence"}}}}}}},"default":{"$ref":"#/components/responses/problem"}}}},
          "/api/v1/status":{"get":{"summary":"How the hub is.","responses":{"200":{"description":"Status.","content":{"application/json":{"schema":{"$ref":"#/components/schemas/Status"}}}},"default":{"$ref":"#/components/responses/problem"}}}}
        }}
        """
}
