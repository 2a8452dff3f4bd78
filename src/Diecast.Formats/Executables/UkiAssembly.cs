using Diecast.Formats.Blobs;
using static System.FormattableString;

namespace Diecast.Formats.Executables;

/// <summary>One image or addon being put together.</summary>
internal sealed class UkiAssembly
{
    private const int EfiApplication = 10;
    private const int InitrdAlignment = 4;

    private readonly UkiParts _parts;
    private readonly string _format;
    private readonly bool _isAddon;
    private readonly PeFile _stub;
    private readonly PeComposer _composer;
    private readonly List<PeFile> _kernels = [];

    internal UkiAssembly(UkiParts parts, string format)
    {
        ArgumentNullException.ThrowIfNull(parts);
        _parts = parts;
        _format = format;
        _isAddon = format == UnifiedKernelImage.AddonFormat;
        _stub = PeFile.Read(parts.Stub);
        _composer = new PeComposer(_stub, format);
    }

    internal Blob Assemble()
    {
        CheckStub();
        CheckParts();
        AddProfile(_parts, isBase: true);
        foreach (UkiSection section in _parts.ExtraSections)
            Add(section.Name, section.Content);
        AddSbat();
        // Up to the first profile stands what all of them have.
        AddText(UkiSections.Profile, _parts.Profile ?? (_parts.Profiles.Count > 0 ? "" : null));
        AddText(UkiSections.PcrSignature, _parts.PcrSignature);
        foreach (UkiProfile profile in _parts.Profiles)
        {
            AddText(UkiSections.Profile, profile.Profile);
            AddProfile(profile, isBase: false);
            AddText(UkiSections.PcrSignature, profile.PcrSignature);
        }

        // Where firmware holds programs to it, stub and kernel have to agree.
        if (_kernels.Exists(kernel => !kernel.IsNxCompatible))
            _composer.DllCharacteristics = unchecked((ushort)~PeLayout.NxCompatible);
        return _composer.Compose();
    }

    private void CheckStub()
    {
        if (_stub.Certificates.Count > 0)
            throw Refuse("the stub is signed, and the signature would not be valid for what is made of it; take the stub that is not, and sign the result");
        if (_stub.Subsystem != EfiApplication)
            throw Refuse(Invariant($"the stub is no EFI application, which is of subsystem {EfiApplication}, but of {_stub.Subsystem}"));
        if (_stub.Sections.Count == 0)
            throw Refuse("the stub has no sections");
        if (_stub.Sections.FirstOrDefault(section => UkiSections.All.Contains(section.Name) && section.Name != UkiSections.Sbat) is { } taken)
            throw Refuse($"the stub has a section {taken.Name} already: it is an image, or an addon, that is complete");
    }

    private void CheckParts()
    {
        bool given = _parts.CommandLine is not null || _parts.Initrds.Count > 0 || _parts.Microcode is not null
            || _parts.DeviceTree is not null || _parts.DeviceTrees.Count > 0;
        if (_isAddon && (_parts.Kernel is not null || _parts.Profiles.Count > 0 || _parts.PcrSignature is not null))
            throw Refuse("an addon has no kernel, no profiles and no signatures of PCR values");
        if (_isAddon && !given)
            throw Refuse("an addon has a command line, an initial RAM disk, microcode or a device tree, and this has none");
        if (!_isAddon && _parts.Kernel is null)
            throw Refuse("there is no kernel");
        if (_parts.Profiles.Count + 1 > UnifiedKernelImage.MaximumProfiles)
            throw Refuse(Invariant($"{_parts.Profiles.Count + 1} profiles; stubs look at {UnifiedKernelImage.MaximumProfiles}"));
        if (_parts.Profiles.FirstOrDefault(profile => string.IsNullOrEmpty(profile.Profile)) is not null)
            throw Refuse("a profile beside the base needs its text, at least ID=");
        foreach (UkiSection section in _parts.ExtraSections)
        {
            if (UkiSections.FindFault(section.Name) is { } fault)
                throw Refuse(fault);
            if (UkiSections.All.Contains(section.Name) || _stub.Find(section.Name) is not null)
                throw Refuse($"the section {section.Name} is the {(UkiSections.All.Contains(section.Name) ? "format's own" : "stub's")}");
        }
    }

    private void AddProfile(UkiProfile profile, bool isBase)
    {
        if (profile.HardwareIds is not null && !isBase)
            throw Refuse("hardware ids are the base's, and of no profile");
        Blob? kernel = profile.Kernel is null ? null : OpenKernel(profile.Kernel);
        AddText(UkiSections.OsRelease, profile.OsRelease);
        AddText(UkiSections.CommandLine, profile.CommandLine);
        Add(UkiSections.DeviceTree, CheckDeviceTree(profile.DeviceTree));
        foreach (Blob tree in profile.DeviceTrees)
            Add(UkiSections.DeviceTreeAuto, CheckDeviceTree(tree));
        Add(UkiSections.HardwareIds, profile.HardwareIds);
        AddText(UkiSections.KernelRelease, profile.KernelRelease ?? (kernel is null ? null : KernelRelease.Find(kernel)));
        Add(UkiSections.Splash, CheckSplash(profile.Splash));
        AddText(UkiSections.PcrPublicKey, profile.PcrPublicKey);
        if (kernel is not null)
            _composer.Add(UkiSections.Linux, kernel, PeLayout.Code | PeLayout.Readable);
        Add(UkiSections.Initrd, Join(profile.Initrds));
        Add(UkiSections.Microcode, profile.Microcode);
    }

    private void AddSbat()
    {
        // An addon's stub has no such section of its own.
        IEnumerable<PeFile> files = _kernels.Prepend(_stub);
        string text = SbatText.Merge(files, _parts.Sbat ?? [_isAddon ? SbatText.Addon : SbatText.Image], _format);
        Blob content = Blob.FromText(text);
        if (!_composer.Replace(UkiSections.Sbat, content))
            Add(UkiSections.Sbat, content);
    }

    private Blob OpenKernel(Blob kernel)
    {
        Blob image = KernelUnpacking.Open(kernel);
        if (!PeFile.IsPe(image))
            throw Refuse("the kernel is no PE file: it has no EFI stub (CONFIG_EFI_STUB), or is compressed with what is not known here");
        PeFile file = PeFile.Read(image);
        // A 64-bit kernel with an entry for 32-bit firmware has a section that says so.
        bool mixed = _stub.Machine == PeMachine.I386 && file.Machine == PeMachine.Amd64 && file.Find(".compat") is not null;
        if (file.MachineNumber != _stub.MachineNumber && !mixed)
            throw Refuse($"the stub is for {Name(_stub)} and the kernel for {Name(file)}");
        if (file.SectionAlignment < file.FileAlignment)
            throw Refuse(Invariant($"the kernel's sections stand at multiples of {file.SectionAlignment} in memory and of {file.FileAlignment} in the file; firmware loads none where memory has less"));
        _kernels.Add(file);
        return image;
    }

    private void AddText(string name, string? text)
    {
        if (text is null)
            return;
        if (text.Contains('\0', StringComparison.Ordinal) || !Utf16.IsWellFormed(text))
            throw Refuse($"the text of {name} is not Unicode without NUL");
        // The base's profile may say nothing: it separates.
        if (text.Length > 0 || name == UkiSections.Profile)
            _composer.Add(name, Blob.FromText(text), PeLayout.InitializedData | PeLayout.Readable);
    }

    private void Add(string name, Blob? content)
    {
        if (content is { Length: > 0 })
            _composer.Add(name, content, PeLayout.InitializedData | PeLayout.Readable);
    }

    /// <summary>The kernel's unpacker looks for the next archive at multiples of four.</summary>
    private static Blob? Join(IReadOnlyList<Blob> initrds)
    {
        if (initrds.Count <= 1)
            return initrds.Count == 0 ? null : initrds[0];
        var builder = new BlobBuilder();
        foreach (Blob initrd in initrds)
            builder.Add(PeLayout.RoundUp(builder.End, InitrdAlignment), initrd);
        return builder.ToBlob(PeLayout.RoundUp(builder.End, InitrdAlignment));
    }

    private Blob? CheckSplash(Blob? splash)
    {
        if (splash is null)
            return null;
        string? fault = BmpCheck.FindFault(splash.Slice(0, Math.Min(splash.Length, BmpCheck.HeadersLength)).ToArray(), splash.Length);
        return fault is null ? splash : throw Refuse(fault);
    }

    private Blob? CheckDeviceTree(Blob? tree)
    {
        const int MagicLength = 4;
        if (tree is null)
            return null;
        ReadOnlySpan<byte> magic = [0xd0, 0x0d, 0xfe, 0xed];
        return tree.Length >= MagicLength && tree.Slice(0, MagicLength).ToArray().AsSpan().SequenceEqual(magic)
            ? tree
            : throw Refuse("a device tree is not in its binary form (dtb)");
    }

    private static string Name(PeFile file) =>
        file.Machine == PeMachine.Unknown ? Invariant($"machine 0x{file.MachineNumber:x4}") : file.Machine.ToString().ToLowerInvariant();

    private UnrepresentableException Refuse(string problem) => new(_format, null, problem);
}
