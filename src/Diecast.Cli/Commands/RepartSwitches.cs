using System.CommandLine;
using System.Globalization;
using System.Numerics;
using Diecast.Repart;
using Diecast.Repart.Definitions;
using Diecast.Repart.Sources;

namespace Diecast.Cli.Commands;

/// <summary>systemd-repart's switches. Of one that is given more than once the last counts, but for those that gather.</summary>
internal sealed class RepartSwitches
{
    private const int MostSystemName = 32;
    private const int MostPublisher = 128;
    private const int MostSignature = 16 * 1024;

    private readonly Dictionary<string, Option<string[]>> _values = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Option<bool>> _flags = new(StringComparer.Ordinal);
    private readonly List<Option> _all = [];

    internal RepartSwitches()
    {
        Flag("-n", "Change nothing, say what would be. It is the default but with --empty=create.");
        Value("--dry-run", "BOOL", "Whether to change nothing. Default: yes, but with --empty=create.");
        Value("--empty", "MODE", "Images without a GPT: refuse, allow, require, force, create. Default: refuse.");
        Value("--size", "BYTES", "Grow the image to a size, or auto: to what it takes.");
        Value("--discard", "BOOL", "Whether what holds nothing is a hole. Default: yes.");
        Value("--sector-size", "BYTES", "Sectors of the disk: 512 to 4096. Default: the table's, or 512.");
        Value("--grain-size", "BYTES", "What partitions are aligned to, a power of two. Default: 4096.");
        Value("--architecture", "ARCH", "The architecture whose partition types are meant.");
        Value("--seed", "UUID", "What all UUIDs follow from, or random. Default: the machine id.");
        Value("--split", "BOOL", "Whether to write each partition to a file of its own too.");
        Value("--definitions", "DIR", "Where definitions are. May be given more than once. Default: repart.d of the root.");
        Value("--root", "DIR", "The system whose definitions, release and files are meant.");
        Value("--image", "FILE", "An image whose system is meant, as with --root=; it is the DEVICE where none is given.");
        Value("--image-policy", "POLICY", "What that image has to be like, as systemd.image-policy(7) has it. Default: *.");
        Value("--copy-source", "DIR", "Where the paths of CopyFiles= start from. Default: the root.", "-s");
        Value("--copy-from", "FILE", "Take over the partitions of an image. May be given more than once.");
        Value("--include-partitions", "TYPES", "Look at these types only, with commas between.");
        Value("--exclude-partitions", "TYPES", "Leave these types out.");
        Value("--defer-partitions", "TYPES", "Leave room for these types, and do not write them yet.");
        Value("--defer-partitions-empty", "BOOL", "The same for partitions with Format=empty.");
        Value("--defer-partitions-factory-reset", "BOOL", "The same for partitions with FactoryReset=yes.");
        Value("--factory-reset", "BOOL", "Remove partitions with FactoryReset=yes first.");
        Flag("--can-factory-reset", "Say by the exit status whether there is anything to factory reset.");
        Value("--pretty", "BOOL", "Whether to show the partitions as a table. Default: yes.");
        Value("--json", "FORMAT", "Show the partitions as JSON: pretty, short, off.");
        Flag("--no-legend", "Leave the table's head out.");
        Flag("--no-pager", "Nothing: no pager is used.");
        Value("--key-file", "FILE", "The passphrase of encrypted partitions. Default: KeyFile=, or an empty one.");
        Value("--tpm2-device-key", "FILE", "The public storage key of the TPM that Encrypt=tpm2 seals to (TPM2B_PUBLIC).");
        Value("--tpm2-seal-key-handle", "HANDLE", "Where that TPM keeps it, in hexadecimal. Default: 81000001.");
        Value("--tpm2-pcrs", "PCRS", "Registers with the values that they must have: 7:sha256=VALUE+... Default: TPM2PCRs=.");
        Value("--tpm2-public-key", "FILE", "The key that signs what other registers may have, in PEM.");
        Value("--tpm2-public-key-pcrs", "PCRS", "The registers that it signs for. Default: 11.");
        Value("--tpm2-public-key-policyref", "TEXT", "What its signatures are told apart by.");
        Value("--private-key", "FILE", "The key that signs verity root hashes, in PEM.");
        Value("--certificate", "FILE", "The certificate of that key, in PEM.");
        Value("--join-signature", "HASH:SIG", "A signature made elsewhere: a file of PKCS#7, or base64:TEXT. May be given more than once.");
        Value("--make-ddi", "KIND", "Make a sysext, confext or portable image.");
        Flag("-S", "The same as --make-ddi=sysext.");
        Flag("-C", "The same as --make-ddi=confext.");
        Flag("-P", "The same as --make-ddi=portable.");
        Value("--generate-fstab", "PATH", "Write an fstab into the copy source.");
        Value("--append-fstab", "MODE", "What becomes of one that is there: no, auto, replace. Default: no.");
        Value("--generate-crypttab", "PATH", "Write a crypttab into the copy source.");
        Value("--el-torito", "BOOL", "Whether to write a boot catalog, for firmware that takes the disk for a CD.");
        Value("--el-torito-system", "TEXT", "The system named in it.");
        Value("--el-torito-volume", "TEXT", "The volume named in it.");
        Value("--el-torito-publisher", "TEXT", "The publisher named in it.");
        Value("--offline", "BOOL", "Nothing: there are no loop devices to be on line with.");
        Value("--cow", "BOOL", "Nothing: the image's file system decides.");
        foreach (string name in (ReadOnlySpan<string>)["--private-key-source", "--certificate-source", "--tpm2-device", "--tpm2-pcrlock"])
            Value(name, "VALUE", "Not supported; see docs/from-repart.md.");
        Flag("--list-devices", "Not supported: only images are worked on.");
    }

    internal IReadOnlyList<Option> All => _all;

    /// <summary>The options of a command line; null where they ask for a disk of the running machine.</summary>
    /// <exception cref="BuildException">A value is none, or switches contradict each other.</exception>
    internal RepartOptions? Read(ParseResult result, string? node)
    {
        Unsupported(result);
        string? ddi = Last(result, "--make-ddi") ?? (Has(result, "-S") ? "sysext" : Has(result, "-C") ? "confext" : Has(result, "-P") ? "portable" : null);
        bool isGiven = !string.IsNullOrEmpty(node) && node != "-";
        // Without another disk the image is the disk too, as there.
        string? image = FullPath(Last(result, "--image"));
        node ??= image;
        bool isFile = !string.IsNullOrEmpty(node) && node != "-";
        EmptyMode empty = Empty(result);
        string? size = Last(result, "--size");
        string[] definitions = [.. Every(result, "--definitions").Where(path => path.Length > 0)];
        string? seed = Last(result, "--seed");
        if (ddi is not null)
        {
            if (definitions.Length > 0)
                throw Wrong("--make-ddi= and --definitions= do not go together");
            if (Last(result, "--empty") is { Length: > 0 } && empty != EmptyMode.Create)
                throw Wrong("--make-ddi= makes a new image; --empty= can only be create");
            string source = Last(result, "--copy-source") ?? throw Wrong("--make-ddi= needs --copy-source=");
            if (!Directory.EnumerateFileSystemEntries(source).Any())
                throw Wrong($"--copy-source={source} is empty");
            (empty, size) = (EmptyMode.Create, size ?? "auto");
        }

        bool isReset = Switch(result, "--factory-reset", false);
        bool isQuestion = Has(result, "--can-factory-reset");
        if (isReset && empty is EmptyMode.Force or EmptyMode.Require or EmptyMode.Create)
            throw Wrong("--factory-reset= and an --empty= that begins anew do not go together");
        if (empty == EmptyMode.Create && size is null)
            throw Wrong("--empty=create needs --size=");
        if (!isFile && empty is EmptyMode.Force or EmptyMode.Require or EmptyMode.Create)
            throw Wrong("--make-ddi= and --empty=force, require and create need a DEVICE");
        bool split = Switch(result, "--split", false);
        if (split && !isGiven)
            throw Wrong("--split= needs a DEVICE");
        if (Last(result, "--root") is not null && Last(result, "--image") is not null)
            throw Wrong("--root= and --image= do not go together");
        if (node is null && !isFile)
            return null;
        ValueList<JoinedSignature> joined = Every(result, "--join-signature").Select(Signature).ToValueList();
        if (joined.Count > 0 && Last(result, "--certificate") is null)
            throw Wrong("--join-signature= needs --certificate=");
        return new RepartOptions
        {
            Node = isFile ? node : null,
            DryRun = isQuestion || (empty != EmptyMode.Create && (Has(result, "-n") || Switch(result, "--dry-run", true))),
            Empty = empty,
            Size = size is null or "auto" ? null : Size("--size", size),
            SizeAuto = size == "auto",
            Discard = Switch(result, "--discard", true),
            SectorSize = Last(result, "--sector-size") is { } sector ? (int)PowerOfTwo("--sector-size", sector, 4096) : null,
            GrainSize = Last(result, "--grain-size") is { } grain ? PowerOfTwo("--grain-size", grain, long.MaxValue) : null,
            Architecture = Last(result, "--architecture") is { } name ? RepartTypes.FindArchitecture(name) ?? throw Wrong($"--architecture={name}: no such architecture") : null,
            Seed = seed is null or "" or "random" ? null : SystemdValues.ParseId(seed) ?? throw Wrong($"--seed={seed} is no UUID"),
            RandomSeed = seed == "random" || (ddi is not null && string.IsNullOrEmpty(seed)),
            Split = split,
            Root = FullPath(Last(result, "--root")),
            Image = image,
            ImagePolicy = Last(result, "--image-policy") is { } policy ? ImagePolicy.Parse(policy) : ImagePolicy.AllowAll,
            Definitions = definitions.ToValueList(),
            CopySource = FullPath(Last(result, "--copy-source")),
            CopyFrom = Every(result, "--copy-from").ToValueList(),
            Filter = Filter(result),
            Deferred = Types(result, "--defer-partitions"),
            DeferEmpty = Switch(result, "--defer-partitions-empty", false),
            DeferFactoryReset = Switch(result, "--defer-partitions-factory-reset", false),
            FactoryReset = isReset,
            CanFactoryReset = isQuestion,
            Output = Output(result),
            Legend = !Has(result, "--no-legend"),
            KeyFile = Last(result, "--key-file"),
            TpmDeviceKey = Given(result, "--tpm2-device-key"),
            TpmHandle = Handle(result),
            TpmRegisters = Registers(result, "--tpm2-pcrs"),
            TpmPublicKey = Given(result, "--tpm2-public-key"),
            TpmSignedRegisters = Registers(result, "--tpm2-public-key-pcrs"),
            TpmSignedReference = Given(result, "--tpm2-public-key-policyref"),
            PrivateKey = Last(result, "--private-key"),
            Certificate = Last(result, "--certificate"),
            JoinedSignatures = joined,
            MakeDdi = ddi,
            GenerateFstab = Last(result, "--generate-fstab"),
            AppendFstab = Last(result, "--append-fstab") switch
            {
                null or "no" => AppendMode.No,
                "" or "auto" => AppendMode.Auto,
                "replace" => AppendMode.Replace,
                var mode => throw Wrong($"--append-fstab={mode}: not one of no, auto, replace"),
            },
            GenerateCrypttab = Last(result, "--generate-crypttab"),
            ElTorito = Switch(result, "--el-torito", false),
            ElToritoSystem = Text(result, "--el-torito-system", MostSystemName),
            ElToritoVolume = Text(result, "--el-torito-volume", MostSystemName),
            ElToritoPublisher = Text(result, "--el-torito-publisher", MostPublisher),
        };
    }

    private static BuildException Wrong(string message) => new(message);

    private static string? FullPath(string? path) => string.IsNullOrEmpty(path) ? null : Path.GetFullPath(path);

    private static long Size(string name, string text)
    {
        const long Block = 4096;
        long size = SystemdValues.ParseSize(text) is { } parsed and > 0 ? parsed : throw Wrong($"{name}={text} is no size");
        return (size + Block - 1) / Block * Block;
    }

    private static long PowerOfTwo(string name, string text, long most) =>
        SystemdValues.ParseSize(text) is { } size and >= 512 && size <= most && BitOperations.IsPow2(size)
            ? size
            : throw Wrong($"{name}={text}: it is a power of two from 512 on{(most < long.MaxValue ? string.Create(CultureInfo.InvariantCulture, $", up to {most}") : "")}");

    private static JoinedSignature Signature(string text)
    {
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon <= 0 || colon % 2 != 0 || !text[..colon].All(char.IsAsciiHexDigit))
            throw Wrong($"--join-signature={text}: it is HASH:FILE or HASH:base64:TEXT");
        string source = text[(colon + 1)..];
        byte[] signature;
        try
        {
            signature = source.StartsWith("base64:", StringComparison.Ordinal) ? Convert.FromBase64String(source[7..]) : File.ReadAllBytes(source);
        }
        catch (FormatException exception)
        {
            throw new BuildException($"--join-signature={text}: {exception.Message}", null, null, exception);
        }

        return signature.Length <= MostSignature
            ? new JoinedSignature(text[..colon].ToLowerInvariant(), signature)
            : throw Wrong(string.Create(CultureInfo.InvariantCulture, $"--join-signature={text[..colon]}: the signature has {signature.Length} bytes, and {MostSignature} are the most"));
    }

    private void Value(string name, string help, string description, params string[] aliases)
    {
        var option = new Option<string[]>(name, aliases) { Description = description, HelpName = help, AllowMultipleArgumentsPerToken = false };
        _values.Add(name, option);
        _all.Add(option);
    }

    private void Flag(string name, string description)
    {
        var option = new Option<bool>(name) { Description = description };
        _flags.Add(name, option);
        _all.Add(option);
    }

    private string[] Every(ParseResult result, string name) => result.GetValue(_values[name]) ?? [];

    private string? Last(ParseResult result, string name) => Every(result, name) is { Length: > 0 } values ? values[^1] : null;

    private bool Has(ParseResult result, string name) => result.GetValue(_flags[name]);

    private bool Switch(ParseResult result, string name, bool usual) => Last(result, name) is { } text
        ? SystemdValues.ParseBoolean(text) ?? throw Wrong($"{name}={text}: neither yes nor no")
        : usual;

    private string? Given(ParseResult result, string name) => Last(result, name) is { Length: > 0 } text ? text : null;

    private ValueList<TpmRegisterValue> Registers(ParseResult result, string name)
    {
        try
        {
            return TpmRegisterValue.Parse(Last(result, name) ?? "");
        }
        catch (FormatException exception)
        {
            throw new BuildException($"{name}={Last(result, name)}: {exception.Message}", null, null, exception);
        }
    }

    /// <summary>A handle of a key that stays in the TPM: persistent, transient or in NV.</summary>
    private uint Handle(ParseResult result)
    {
        if (Given(result, "--tpm2-seal-key-handle") is not { } text)
            return 0;
        string digits = text.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? text[2..] : text;
        return uint.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint handle) && (handle == 0 || handle >> 24 is 0x01 or 0x80 or 0x81)
            ? handle
            : throw Wrong($"--tpm2-seal-key-handle={text}: not the handle of a key, as in 81000001");
    }

    private string Text(ParseResult result, string name, int most)
    {
        string text = Last(result, name) ?? "";
        return text.Length <= most && text.All(c => c is >= ' ' and < (char)0x7F)
            ? text
            : throw Wrong(string.Create(CultureInfo.InvariantCulture, $"{name}={text}: it is at most {most} characters of ASCII"));
    }

    private EmptyMode Empty(ParseResult result) => Last(result, "--empty") switch
    {
        null or "" or "refuse" => EmptyMode.Refuse,
        "allow" => EmptyMode.Allow,
        "require" => EmptyMode.Require,
        "force" => EmptyMode.Force,
        "create" => EmptyMode.Create,
        var mode => throw Wrong($"--empty={mode}: not one of refuse, allow, require, force, create"),
    };

    private RepartOutput Output(ParseResult result) => Last(result, "--json") switch
    {
        "pretty" => RepartOutput.JsonPretty,
        "short" => RepartOutput.Json,
        null or "off" => Switch(result, "--pretty", true) ? RepartOutput.Table : RepartOutput.None,
        var format => throw Wrong($"--json={format}: not one of pretty, short, off"),
    };

    private TypeFilter Filter(ParseResult result)
    {
        bool include = Every(result, "--include-partitions").Length > 0;
        bool exclude = Every(result, "--exclude-partitions").Length > 0;
        if (include && exclude)
            throw Wrong("--include-partitions= and --exclude-partitions= do not go together");
        return include ? new TypeFilter(true, Types(result, "--include-partitions"))
            : exclude ? new TypeFilter(false, Types(result, "--exclude-partitions"))
            : new TypeFilter(null, []);
    }

    private ValueList<Guid> Types(ParseResult result, string name) => Every(result, name)
        .SelectMany(text => text.Split(',', StringSplitOptions.RemoveEmptyEntries))
        .Select(text => RepartTypes.Find(text)?.Guid ?? throw Wrong($"{name}={text}: no such partition type"))
        .ToValueList();

    /// <summary>What cannot be done here is refused, but where it asks for what is so anyway.</summary>
    private void Unsupported(ParseResult result)
    {
        if (Has(result, "--list-devices"))
            throw Wrong("--list-devices is not supported: only images are worked on here");
        foreach (string name in (ReadOnlySpan<string>)["--private-key-source", "--certificate-source"])
        {
            if (Last(result, name) is { } source and not "file")
                throw new BuildException($"{name}={source} is not supported: keys are read from files", "sign elsewhere and hand the signature over with --join-signature=");
        }

        if (Given(result, "--tpm2-device") is not null)
            throw new BuildException("--tpm2-device= is not supported: there is no TPM while an image is made", "name the public key of the machine's with --tpm2-device-key=, or enrol it there with systemd-cryptenroll");
        if (Given(result, "--tpm2-pcrlock") is not null)
            throw new BuildException("--tpm2-pcrlock= is not supported: its policy lies in the TPM of a machine", "name registers with --tpm2-pcrs=, or a key with --tpm2-public-key=");
    }
}
