using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Diecast.Bases;

/// <summary>What a Debian base is made from, in a form that can be compared.</summary>
internal sealed class DebianDeclaration
{
    // Part of every key: to be raised when the same declaration gives another archive.
    private const string Version = "diecast debian base 1";
    private static readonly string[] Unstable = ["sid", "unstable", "experimental", "rc-buggy"];

    private readonly DebianRequest _request;

    internal DebianDeclaration(DebianRequest request, BaseResolveOptions options)
    {
        _request = request;
        Architecture = request.Base.Architecture ?? MachineArchitecture;
        Packages = [.. request.Base.Packages.Concat(request.ExtraPackages).Distinct().Order(StringComparer.Ordinal)];
        string directory = Path.GetFullPath(options.Directory);
        KeyringPaths = [.. request.Base.Keyrings.Select(path => Path.GetFullPath(path, directory))];
        if (KeyringPaths.FirstOrDefault(path => !File.Exists(path)) is { } missing)
            throw new BuildException($"the keyring {missing} is not there");
        Machine = request.Base.Mirror is null ? MachineSources.Read() : null;
        Digest = Hash(Describe());
    }

    /// <summary>Debian's name of the architecture.</summary>
    internal string Architecture { get; }

    /// <summary>Packages to install, sorted, without repeats.</summary>
    internal IReadOnlyList<string> Packages { get; }

    internal IReadOnlyList<string> KeyringPaths { get; }

    /// <summary>The machine's own addresses, where no mirror is declared.</summary>
    internal MachineSources? Machine { get; }

    /// <summary>Digest of the declaration alone.</summary>
    internal string Digest { get; }

    /// <summary>Debian's name of the architecture of this machine.</summary>
    internal static string MachineArchitecture => RuntimeInformation.OSArchitecture switch
    {
        System.Runtime.InteropServices.Architecture.X64 => "amd64",
        System.Runtime.InteropServices.Architecture.X86 => "i386",
        System.Runtime.InteropServices.Architecture.Arm64 => "arm64",
        System.Runtime.InteropServices.Architecture.Arm => "armhf",
        System.Runtime.InteropServices.Architecture.Armv6 => "armel",
        System.Runtime.InteropServices.Architecture.S390x => "s390x",
        System.Runtime.InteropServices.Architecture.Ppc64le => "ppc64el",
        System.Runtime.InteropServices.Architecture.RiscV64 => "riscv64",
        System.Runtime.InteropServices.Architecture.LoongArch64 => "loong64",
        { } other => throw new BuildException($"Debian's name of the architecture {other} is not known", "declare the architecture"),
    };

    /// <summary>Digest of the declaration, the archive's state and the tools: equal keys give equal archives.</summary>
    internal string Key(IReadOnlyList<ArchiveState> states, string toolVersions)
    {
        var text = new List<string> { Digest, toolVersions };
        foreach (ArchiveState state in states)
            text.AddRange([state.Source.Suite, .. state.Source.Components, "state", state.Digest]);
        return Hash(text);
    }

    /// <summary>Where packages come from: the mirror, for stable suites its updates and the security archive, and what is declared.</summary>
    internal IReadOnlyList<AptSource> Sources()
    {
        DebianBase source = _request.Base;
        var sources = new List<AptSource>();
        if (source.Mirror is { } mirror)
        {
            // As with mmdebstrap, a mirror may be a whole line where its options matter.
            sources.Add(mirror.StartsWith("deb ", StringComparison.Ordinal)
                ? Parse(mirror) ?? throw new BuildException($"'{mirror}' is no mirror")
                : new AptSource(mirror.TrimEnd('/'), source.Suite, source.Components));
        }
        else
        {
            sources.Add(new AptSource(Machine!.Debian, source.Suite, source.Components));
            if (!Unstable.Contains(source.Suite))
            {
                sources.Add(new AptSource(Machine.Debian, source.Suite + "-updates", source.Components, "", AptPresence.Optional));
                sources.Add(new AptSource(Machine.Security, source.Suite + "-security", source.Components, "", AptPresence.Optional));
            }
        }

        foreach (string line in source.Sources)
        {
            if (Parse(line) is { } parsed)
                sources.Add(parsed);
        }

        return sources;
    }

    private AptSource? Parse(string line)
    {
        try
        {
            return AptSource.Parse(line.Replace("SUITE", _request.Base.Suite, StringComparison.Ordinal));
        }
        catch (FormatException exception)
        {
            throw new BuildException(exception.Message, inner: exception);
        }
    }

    /// <summary>
    /// Everything that is declared, in a fixed order. The machine's own mirror is not: an archive is what it says it is,
    /// wherever it is fetched from.
    /// </summary>
    private List<string> Describe()
    {
        DebianBase source = _request.Base;
        var text = new List<string> { Version, source.Suite, Architecture, source.Variant.ToString(), source.Recommends ? "recommends" : "" };
        Add("components", source.Components);
        Add("packages", Packages);
        Add("mirror", source.Mirror is null ? [] : [source.Mirror]);
        Add("sources", source.Sources);
        Add("keyrings", KeyringPaths.Select(path => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path)))));
        Add("debconf", _request.DebconfSelections);
        Add("environment", _request.Environment.Order(StringComparer.Ordinal));
        Add("hooks", _request.Hooks.SelectMany(hook => (string[])[hook.Stage.ToString(), hook.Command]));
        return text;

        void Add(string name, IEnumerable<string> values)
        {
            text.Add(name);
            text.AddRange(values);
            text.Add("");
        }
    }

    /// <summary>NUL stands between the texts, so that no two lists run into each other.</summary>
    private static string Hash(IEnumerable<string> texts) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\0', texts))));
}
