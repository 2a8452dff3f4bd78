namespace Diecast.Formats.Firmware;

/// <summary>Whose variables are whose.</summary>
public static class EfiVendors
{
    /// <summary>The specification's own (EFI_GLOBAL_VARIABLE): Boot####, PK, KEK, ...</summary>
    public static Guid Global { get; } = new("8be4df61-93ca-11d2-aa0d-00e098032b8c");

    /// <summary>The databases of what may start: db, dbx (EFI_IMAGE_SECURITY_DATABASE_GUID).</summary>
    public static Guid SecurityDatabase { get; } = new("d719b2cb-3d3a-4596-a3bc-dad00e67656f");

    /// <summary>edk2's switch of Secure Boot: SecureBootEnable.</summary>
    public static Guid SecureBootEnable { get; } = new("f0a30bc7-af08-4556-99c4-001009c93a44");

    /// <summary>edk2's switch of the mode in which keys change without signatures: CustomMode.</summary>
    public static Guid CustomMode { get; } = new("c076ec0c-7028-4399-a072-71ee5c448b9f");

    /// <summary>systemd-boot's and the boot loader interface's (systemd.io/BOOT_LOADER_INTERFACE).</summary>
    public static Guid BootLoader { get; } = new("4a67b082-0a4c-41cf-b6c7-440b29bb8c4f");
}
