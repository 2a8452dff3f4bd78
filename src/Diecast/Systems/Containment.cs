namespace Diecast.Systems;

/// <summary>A system where it is run by something else's kernel, without a disk and a console of its own.</summary>
internal static class Containment
{
    /// <summary>The declaration without what only a machine has: kernel, initial RAM disk, boot loader, serial lines.</summary>
    internal static OperatingSystem Apply(OperatingSystem system) => system with
    {
        Kernel = null,
        Initrd = new Initrd(),
        Bootloader = null,
        Services = system.Services.Where(service => service is not SerialGetty).ToValueList(),
    };
}
