"""A small org.freedesktop.secrets for tests: one collection, which can be locked and opened by a prompt.

`fake_secret_service.py [locked] [dismissed] [no-collection]` serves on the session bus it finds and prints `ready`. Items live in memory; every
secret that is asked for is counted in the property `Asked` of the root object.
"""
import sys

import dbus
import dbus.service
from dbus.mainloop.glib import DBusGMainLoop
from gi.repository import GLib

ROOT = "/org/freedesktop/secrets"
COLLECTION = ROOT + "/collection/login"
SECRET = "org.freedesktop.Secret."


class Prompt(dbus.service.Object):
    """The person: answers at once."""

    def __init__(self, service, path, answer):
        super().__init__(service.bus, path)
        self.service, self.answer = service, answer

    @dbus.service.method(SECRET + "Prompt", in_signature="s", out_signature="")
    def Prompt(self, window):
        dismissed = "dismissed" in sys.argv
        if not dismissed:
            self.answer()
        GLib.timeout_add(10, lambda: self.Completed(dismissed, dbus.String("", variant_level=1)) and False)

    @dbus.service.signal(SECRET + "Prompt", signature="bv")
    def Completed(self, dismissed, result):
        pass


class Item(dbus.service.Object):
    def __init__(self, service, path, properties, secret):
        super().__init__(service.bus, path)
        self.service, self.path, self.properties, self.secret = service, path, properties, secret

    @property
    def attributes(self):
        return self.properties[SECRET + "Item.Attributes"]

    @dbus.service.method(SECRET + "Item", in_signature="", out_signature="o")
    def Delete(self):
        if self.service.locked:
            raise dbus.DBusException("locked", name=SECRET + "Error.IsLocked")
        del self.service.items[self.path]
        self.remove_from_connection()
        return "/"

    @dbus.service.method(dbus.PROPERTIES_IFACE, in_signature="ss", out_signature="v")
    def Get(self, interface, name):
        return self.properties[f"{interface}.{name}"]


class Collection(dbus.service.Object):
    def __init__(self, service):
        super().__init__(service.bus, COLLECTION)
        self.service, self.made = service, 0

    @dbus.service.method(SECRET + "Collection", in_signature="a{sv}(oayays)b", out_signature="oo")
    def CreateItem(self, properties, secret, replace):
        service = self.service
        if service.locked:
            raise dbus.DBusException("locked", name=SECRET + "Error.IsLocked")
        for item in service.items.values():
            if replace and dict(item.attributes) == dict(properties[SECRET + "Item.Attributes"]):
                item.secret = secret
                return item.path, "/"
        self.made += 1
        path = f"{COLLECTION}/{self.made}"
        service.items[path] = Item(service, path, properties, secret)
        return path, "/"


class Service(dbus.service.Object):
    def __init__(self, bus):
        super().__init__(bus, ROOT)
        self.bus, self.items, self.locked, self.prompts, self.asked = bus, {}, "locked" in sys.argv, 0, 0
        self.collection = Collection(self)

    def found(self, attributes):
        return [path for path, item in self.items.items() if all(item.attributes.get(name) == value for name, value in attributes.items())]

    @dbus.service.method(SECRET + "Service", in_signature="sv", out_signature="vo")
    def OpenSession(self, algorithm, value):
        if algorithm != "plain":
            raise dbus.DBusException("only plain", name="org.freedesktop.DBus.Error.NotSupported")
        return dbus.String("", variant_level=1), ROOT + "/session/1"

    @dbus.service.method(SECRET + "Service", in_signature="a{ss}", out_signature="aoao")
    def SearchItems(self, attributes):
        found = dbus.Array(self.found(attributes), signature="o")
        none = dbus.Array([], signature="o")
        return (none, found) if self.locked else (found, none)

    @dbus.service.method(SECRET + "Service", in_signature="ao", out_signature="aoo")
    def Unlock(self, objects):
        if not self.locked:
            return objects, "/"
        self.prompts += 1
        path = f"{ROOT}/prompt/{self.prompts}"
        self.prompt = Prompt(self, path, lambda: setattr(self, "locked", False))
        return dbus.Array([], signature="o"), path

    @dbus.service.method(SECRET + "Service", in_signature="aoo", out_signature="a{o(oayays)}")
    def GetSecrets(self, items, session):
        self.asked += len(items)
        out = {} if self.locked else {path: dbus.Struct((session, dbus.ByteArray(b""), self.items[path].secret[2], self.items[path].secret[3]), signature="oayays") for path in items}
        return dbus.Dictionary(out, signature="o(oayays)")

    @dbus.service.method(SECRET + "Service", in_signature="s", out_signature="o")
    def ReadAlias(self, name):
        return COLLECTION if name == "default" and "no-collection" not in sys.argv else "/"

    @dbus.service.method(dbus.PROPERTIES_IFACE, in_signature="ss", out_signature="v")
    def Get(self, interface, name):
        return self.asked


DBusGMainLoop(set_as_default=True)
connection = dbus.SessionBus()
name = dbus.service.BusName("org.freedesktop.secrets", connection)
service = Service(connection)
print("ready", flush=True)
GLib.MainLoop().run()
