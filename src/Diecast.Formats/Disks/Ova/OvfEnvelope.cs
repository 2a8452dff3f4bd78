using System.Globalization;
using System.Text;
using System.Xml;

namespace Diecast.Formats.Disks;

/// <summary>Writes the description of a virtual machine with one disk (DMTF DSP0243).</summary>
internal sealed class OvfEnvelope
{
    internal const string StreamOptimized = "http://www.vmware.com/interfaces/specifications/vmdk.html#streamOptimized";

    private const string Cim = "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/";
    private const string Settings = Cim + "CIM_ResourceAllocationSettingData";
    private const string SystemSettings = Cim + "CIM_VirtualSystemSettingData";
    private const string Vmware = "http://www.vmware.com/schema/ovf";

    private const int Processor = 3;
    private const int Memory = 4;
    private const int IdeController = 5;
    private const int ScsiController = 6;
    private const int EthernetAdapter = 10;
    private const int HardDisk = 17;
    private const int SataController = 20;

    private readonly OvaOptions _options;
    private readonly string _diskName;
    private readonly long _capacity;
    private readonly string _ovf;
    private readonly StringBuilder _text = new();
    private readonly XmlWriter _xml;

    private OvfEnvelope(OvaOptions options, string diskName, long capacity)
    {
        _options = options;
        _diskName = diskName;
        _capacity = capacity;
        _ovf = options.Version == OvfVersion.V2 ? "http://schemas.dmtf.org/ovf/envelope/2" : "http://schemas.dmtf.org/ovf/envelope/1";
        _xml = XmlWriter.Create(_text, new XmlWriterSettings { Indent = true, IndentChars = "  ", NewLineChars = "\n", OmitXmlDeclaration = true });
    }

    /// <summary>The text, as long for every size of the file: line ends after the last element stand for digits that are not needed.</summary>
    /// <param name="options">The machine.</param>
    /// <param name="diskName">The disk's file.</param>
    /// <param name="capacity">Bytes of the disk.</param>
    /// <param name="fileSize">Bytes of the disk's file.</param>
    internal static byte[] Write(OvaOptions options, string diskName, long capacity, long fileSize)
    {
        int digits = long.MaxValue.ToString(CultureInfo.InvariantCulture).Length;
        string size = fileSize.ToString(CultureInfo.InvariantCulture);
        var envelope = new OvfEnvelope(options, diskName, capacity);
        using (envelope._xml)
            envelope.Write(size);
        return Encoding.UTF8.GetBytes("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + envelope._text + new string('\n', 1 + digits - size.Length));
    }

    private void Write(string fileSize)
    {
        _xml.WriteStartElement("Envelope", _ovf);
        _xml.WriteAttributeString("xmlns", "ovf", null, _ovf);
        _xml.WriteAttributeString("xmlns", "rasd", null, Settings);
        _xml.WriteAttributeString("xmlns", "vssd", null, SystemSettings);
        _xml.WriteAttributeString("xmlns", "vmw", null, Vmware);

        Start("References");
        Start("File");
        Attribute("href", _diskName);
        Attribute("id", "file1");
        Attribute("size", fileSize);
        _xml.WriteEndElement();
        _xml.WriteEndElement();

        Start("DiskSection");
        Text("Info", "Virtual disks");
        Start("Disk");
        Attribute("capacity", Number(_capacity));
        Attribute("capacityAllocationUnits", "byte");
        Attribute("diskId", "vmdisk1");
        Attribute("fileRef", "file1");
        Attribute("format", StreamOptimized);
        _xml.WriteEndElement();
        _xml.WriteEndElement();

        if (_options.NetworkCard != OvaNetworkCard.None)
        {
            Start("NetworkSection");
            Text("Info", "Logical networks");
            Start("Network");
            Attribute("name", _options.Network);
            Text("Description", _options.Network);
            _xml.WriteEndElement();
            _xml.WriteEndElement();
        }

        WriteSystem();
        _xml.WriteEndElement();
    }

    private void WriteSystem()
    {
        Start("VirtualSystem");
        Attribute("id", _options.Name);
        Text("Info", "A virtual machine");
        Text("Name", _options.Name);

        Start("OperatingSystemSection");
        Attribute("id", Number(_options.OsType));
        _xml.WriteAttributeString("osType", Vmware, _options.VmwareOsType);
        Text("Info", "The operating system");
        _xml.WriteEndElement();

        Start("VirtualHardwareSection");
        Text("Info", "Virtual hardware");
        Start("System");
        Setting(SystemSettings, "ElementName", "Virtual Hardware Family");
        Setting(SystemSettings, "InstanceID", "0");
        Setting(SystemSettings, "VirtualSystemIdentifier", _options.Name);
        Setting(SystemSettings, "VirtualSystemType", FormattableString.Invariant($"vmx-{_options.HardwareVersion:d2}"));
        _xml.WriteEndElement();
        WriteItems();
        if (_options.Firmware == OvaFirmware.Efi)
        {
            _xml.WriteStartElement("Config", Vmware);
            Attribute("required", "false");
            _xml.WriteAttributeString("key", Vmware, "firmware");
            _xml.WriteAttributeString("value", Vmware, "efi");
            _xml.WriteEndElement();
        }

        _xml.WriteEndElement();

        if (_options.Product is { } product)
        {
            Start("ProductSection");
            Text("Info", "The product");
            Text("Product", product);
            if (_options.Vendor is { } vendor)
                Text("Vendor", vendor);
            if (_options.ProductVersion is { } version)
                Text("Version", version);
            _xml.WriteEndElement();
        }

        _xml.WriteEndElement();
    }

    /// <summary>The schema has the elements of an item in the order of their names.</summary>
    private void WriteItems()
    {
        Item(
            ("AllocationUnits", "hertz * 10^6"), ("Description", "Number of processors"),
            ("ElementName", FormattableString.Invariant($"{_options.Processors} processors")), ("InstanceID", "1"),
            ("ResourceType", Number(Processor)), ("VirtualQuantity", Number(_options.Processors)));
        Item(
            ("AllocationUnits", "byte * 2^20"), ("Description", "Memory size"),
            ("ElementName", FormattableString.Invariant($"{_options.MemoryMebibytes} MiB of memory")), ("InstanceID", "2"),
            ("ResourceType", Number(Memory)), ("VirtualQuantity", Number(_options.MemoryMebibytes)));
        (string name, string subType, int type) = _options.Controller switch
        {
            OvaController.LsiLogic => ("SCSI controller 0", "lsilogic", ScsiController),
            OvaController.LsiLogicSas => ("SCSI controller 0", "lsilogicsas", ScsiController),
            OvaController.Sata => ("SATA controller 0", "vmware.sata.ahci", SataController),
            OvaController.Ide => ("IDE controller 0", "PIIX4", IdeController),
            _ => ("SCSI controller 0", "VirtualSCSI", ScsiController),
        };
        Item(
            ("Address", "0"), ("Description", "Disk controller"), ("ElementName", name), ("InstanceID", "3"),
            ("ResourceSubType", subType), ("ResourceType", Number(type)));
        Item(
            ("AddressOnParent", "0"), ("ElementName", "Hard disk 1"), ("HostResource", "ovf:/disk/vmdisk1"), ("InstanceID", "4"),
            ("Parent", "3"), ("ResourceType", Number(HardDisk)));
        if (_options.NetworkCard == OvaNetworkCard.None)
            return;
        string card = _options.NetworkCard switch
        {
            OvaNetworkCard.E1000 => "E1000",
            OvaNetworkCard.E1000e => "E1000e",
            _ => "VmxNet3",
        };
        Item(
            ("AddressOnParent", "7"), ("AutomaticAllocation", "true"), ("Connection", _options.Network), ("Description", "Network card"),
            ("ElementName", "Ethernet 1"), ("InstanceID", "5"), ("ResourceSubType", card), ("ResourceType", Number(EthernetAdapter)));
    }

    private void Item(params ReadOnlySpan<(string Name, string Value)> settings)
    {
        Start("Item");
        foreach ((string name, string value) in settings)
            Setting(Settings, name, value);
        _xml.WriteEndElement();
    }

    private void Start(string name) => _xml.WriteStartElement(name, _ovf);

    private void Text(string name, string value) => _xml.WriteElementString(name, _ovf, value);

    private void Setting(string space, string name, string value) => _xml.WriteElementString(name, space, value);

    private void Attribute(string name, string value) => _xml.WriteAttributeString("ovf", name, _ovf, value);

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
