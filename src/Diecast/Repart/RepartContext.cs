using System.Globalization;
using System.Security.Cryptography;
using Diecast.Formats;
using Diecast.Repart.Definitions;
using Diecast.Repart.Sources;

namespace Diecast.Repart;

/// <summary>What a run works with: its switches, its surroundings and whom it tells.</summary>
internal sealed class RepartContext : IDisposable
{
    /// <summary>Prepares a run.</summary>
    /// <param name="options">Its switches.</param>
    /// <param name="environment">A variable of the environment, or null.</param>
    /// <param name="log">Whom it tells.</param>
    /// <param name="trust">Below what the certificates lie that may sign root hashes; null for the host's root.</param>
    internal RepartContext(RepartOptions options, Func<string, string?> environment, RepartLog log, FileRoot? trust = null)
    {
        Options = options;
        Environment = environment;
        Log = log;
        Image = options.Image is { } image ? RepartSource.Open(image) : null;
        Verity = Image is null
            ? null
            : new ImageVerity(Image, options.Image!, new RootHashes(options.Image!, trust ?? new HostRoot(null), environment), options.ImagePolicy, log);
        Root = Image is null
            ? new HostRoot(options.Root)
            : new ImageRoot(options.Image!, () => SystemImage.Read(Image, options.Image!, options.Architecture ?? RepartTypes.NativeArchitecture, Verity!));
        CopyRoot = options.CopySource is { } source ? new HostRoot(source) : Root;
        Facts = new SystemFacts(Root, options.Root is null && options.Image is null, environment);
        try
        {
            // What is asked of the image is asked before anything else.
            if (options.ImagePolicy != ImagePolicy.AllowAll && Image is not null)
                _ = Root.Find("/");
            Seed = options.Seed ?? FindSeed();
        }
        catch
        {
            Image?.Dispose();
            throw;
        }

        if (environment("SOURCE_DATE_EPOCH") is { Length: > 0 } epoch)
        {
            SourceEpoch = long.TryParse(epoch, NumberStyles.None, CultureInfo.InvariantCulture, out long seconds)
                ? new Timestamp(seconds)
                : throw new BuildException($"SOURCE_DATE_EPOCH={epoch} is no number of seconds");
        }
    }

    internal RepartOptions Options { get; }

    internal RepartLog Log { get; }

    internal SystemFacts Facts { get; }

    /// <summary>A variable of the environment, or null.</summary>
    internal Func<string, string?> Environment { get; }

    /// <summary>What all ids are derived from.</summary>
    internal Guid Seed { get; }

    /// <summary>The time of what is made here; null where SOURCE_DATE_EPOCH does not say.</summary>
    internal Timestamp? SourceEpoch { get; }

    /// <summary>The image that the run takes its system from, or null.</summary>
    internal RepartSource? Image { get; }

    /// <summary>What protects that image; null where there is none.</summary>
    internal ImageVerity? Verity { get; }

    /// <summary>The system that definitions, specifiers and CopyBlocks= are of.</summary>
    internal FileRoot Root { get; }

    /// <summary>What CopyFiles= starts from.</summary>
    internal FileRoot CopyRoot { get; }

    /// <summary>Where a file is written that belongs into what CopyFiles= copies.</summary>
    /// <exception cref="BuildException">That is an image.</exception>
    internal string WritablePath(string path) => CopyRoot is HostRoot host
        ? host.Path.TrimEnd('/') + "/" + path.TrimStart('/')
        : throw new BuildException($"{path} is written to where CopyFiles= copies from, and that is the image {CopyRoot.Path}, in which nothing is written", "name a directory with --copy-source=");

    /// <summary>Reads the parameters of files that fs-verity protects.</summary>
    internal Func<Formats.Blobs.HostFile, bool, byte[]?>? VerityReader { get; init; }

    public void Dispose() => Image?.Dispose();

    /// <summary>The machine's id, or a random one; only that last one makes images differ from run to run.</summary>
    private Guid FindSeed()
    {
        if (!Options.RandomSeed)
        {
            if (Facts.MachineId is { } machine && machine != Guid.Empty)
                return machine;
            Log.Notice("there is no machine id and no --seed=; the UUIDs are random, and another run has others");
        }

        byte[] bytes = RandomNumberGenerator.GetBytes(16);
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true);
    }
}
