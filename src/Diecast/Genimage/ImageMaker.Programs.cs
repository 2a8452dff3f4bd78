using System.Globalization;
using System.Text;
using Diecast.Formats;
using Diecast.Formats.Blobs;
using Diecast.Processes;
using Microsoft.Win32.SafeHandles;

namespace Diecast.Genimage;

/// <content>What programs of the host make: there is no other writer, or they sign with what they alone can reach.</content>
internal sealed partial class ImageMaker
{
    private int _works;

    private Func<Blob> Cramfs(GenimageImage image) => () => ByProgram(
        image, "mkcramfs", output => [.. image.Section.Text("name") is { } name ? ["-n", name] : (ReadOnlySpan<string>)[], .. ArgumentsOf(image.Type), trees.PathOf(image), output]);

    private Func<Blob> Jffs2(GenimageImage image)
    {
        FlashType chip = FlashType.Find(context.Top, image);
        return () => ByProgram(image, "mkfsjffs2", output => [Set("--eraseblock", chip.EraseBlock), .. TreeArguments(image), "-o", output, .. ArgumentsOf(image.Type)]);
    }

    private Func<Blob> Ubifs(GenimageImage image)
    {
        FlashType chip = FlashType.Find(context.Top, image);
        if (chip.LogicalBlock <= 0)
            throw image.Section.Wrong("flashtype", $"the flash section {chip.Name} has no lebsize", "set it, in bytes");
        long most = (image.Type.Size("max-size") is { } size and > 0 ? size : image.Size ?? 0) / chip.LogicalBlock;
        if (most == 0)
            throw image.Section.Wrong("size", $"{image.File} has no size", "set size, or max-size of ubifs");
        return () => ByProgram(image, "mkfsubifs", output =>
        [
            .. TreeArguments(image), "-e", Text(chip.LogicalBlock), "-m", Text(chip.LeastWrite), "-c", Text(most),
            .. image.Type.Flag("space-fixup") == true ? ["-F"] : (ReadOnlySpan<string>)[], "-o", output, .. ArgumentsOf(image.Type),
        ]);
    }

    private Func<Blob> Ubi(GenimageImage image)
    {
        FlashType chip = FlashType.Find(context.Top, image);
        ConfigSection[] volumes = [.. image.Section.All("partition")];
        if (volumes.Count(volume => volume.Flag("autoresize") == true) > 1)
            throw volumes.Last(volume => volume.Flag("autoresize") == true).Wrong("autoresize", "only one volume can fill the chip", "leave it out of the others");
        if (Array.Find(volumes, volume => volume.Text("image") is not { Length: > 0 } && (volume.Size("size") ?? 0) == 0) is { } empty)
            throw empty.Position.Wrong($"{empty.Title} has neither a size nor an image", "set one of them");
        return () => ByProgram(image, "ubinize", output =>
        {
            var list = new StringBuilder();
            for (int i = 0; i < volumes.Length; i++)
                Volume(list, volumes[i], i);
            string file = output + ".ini";
            File.WriteAllText(file, list.ToString());
            return
            [
                "-s", Text(chip.SubPage), "-O", Text(chip.VolumeHeader), "-p", Text(chip.EraseBlock), "-m", Text(chip.LeastWrite), "-o", output, file,
                // The number of the image is random otherwise.
                .. ArgumentsOf(image.Type) is var given && given.Exists(word => word.StartsWith("-Q", StringComparison.Ordinal) || word.StartsWith("--image-seq", StringComparison.Ordinal))
                    ? given : [.. given, "-Q", Text(BitConverter.ToUInt32(context.Derive(image.File, "ubi").ToByteArray()) & int.MaxValue)],
            ];
        });
    }

    /// <summary>A volume as ubinize(8) reads it.</summary>
    private void Volume(StringBuilder list, ConfigSection volume, int number)
    {
        GenimageImage? content = volume.Text("image") is { Length: > 0 } name ? images[name] : null;
        long size = volume.Size("size") is { } given and > 0 ? given : content!.Content!.Length;
        list.Append(CultureInfo.InvariantCulture, $"[{volume.Title}]\nmode=ubi\n");
        if (content is not null)
            list.Append(CultureInfo.InvariantCulture, $"image={content.FilePath}\n");
        list.Append(CultureInfo.InvariantCulture, $"vol_id={number}\nvol_size={size}\nvol_type={(volume.Flag("read-only") == true ? "static" : "dynamic")}\nvol_name={volume.Title}\n");
        if (volume.Flag("autoresize") == true)
            list.Append("vol_flags=autoresize\n");
        list.Append("vol_alignment=1\n");
    }

    private Func<Blob> Fit(GenimageImage image)
    {
        string source = image.Type.Required("its", "set its to the file that describes the image");
        string? keys = image.Type.Text("keydir") is { Length: > 0 } directory ? directory : null;
        if (keys is not null && !Path.IsPathRooted(keys))
            throw image.Type.Wrong("keydir", $"keydir = {keys} is no absolute path", "write it from /");
        return () => ByProgram(image, "mkimage", output =>
        {
            var text = new StringBuilder(File.ReadAllText(images[source].FilePath)).Append('\n');
            foreach (ConfigSection partition in image.Section.All("partition"))
            {
                if (partition.Text("image") is { Length: > 0 } name)
                    text.Append(CultureInfo.InvariantCulture, $"/ {{ images {{ {partition.Title} {{ data = /incbin/(\"{images[name].FilePath}\"); }};}};}};\n");
            }

            string file = output + ".its";
            File.WriteAllText(file, text.ToString());
            return ["-r", .. keys is null ? (ReadOnlySpan<string>)[] : ["-k", keys], "-f", file, output];
        });
    }

    private Func<Blob> Rauc(GenimageImage image)
    {
        ConfigSection type = image.Type;
        string manifest = type.Required("manifest", "set it to the text of the bundle's manifest");
        string certificate = type.Required("cert", "set it to a certificate in PEM, or a PKCS#11 URI");
        string key = type.Required("key", "set it to a key in PEM, or a PKCS#11 URI");
        return () => ByProgram(image, "rauc", output =>
        {
            string bundle = Directory.CreateDirectory(output + ".d").FullName;
            File.WriteAllText(Path.Combine(bundle, "manifest.raucm"), manifest);
            foreach (ConfigSection file in type.All("file"))
                Put(file.Text("image") ?? file.Title ?? "", file.Title ?? "", file.Size("imageoffset") ?? 0, file.Position);
            foreach (string file in type.List("files"))
                Put(file, Path.GetFileName(file), 0, type.Find("files")!.ValuePosition);
            return
            [
                "bundle", bundle, "--cert=" + FileOf(certificate), "--key=" + FileOf(key),
                .. type.Text("keyring") is { Length: > 0 } keyring ? ["--keyring=" + FileOf(keyring)] : (ReadOnlySpan<string>)[],
                .. type.List("intermediate").Select(file => "--intermediate=" + FileOf(file)),
                .. ArgumentsOf(type), output,
            ];

            void Put(string source, string target, long from, ConfigPosition position)
            {
                string path = Path.GetFullPath(target, bundle);
                if (target.Length == 0 || !path.StartsWith(bundle + "/", StringComparison.Ordinal))
                    throw position.Wrong($"{target} is no name for a file of the bundle", "write a relative path");
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                using SafeFileHandle file = File.OpenHandle(path, FileMode.Create, FileAccess.ReadWrite);
                BlobWriter.Write(ContentOf(source, position).Slice(from), file, path);
            }
        });

        string FileOf(string file) => file.StartsWith(GenimageImage.Token, StringComparison.Ordinal) ? file : images[file].FilePath;
    }

    /// <summary>A command of the configuration, which writes the image where it belongs.</summary>
    private Func<Blob> Custom(GenimageImage image)
    {
        string command = image.Type.Required("exec", "set it to the command that writes $IMAGEOUTFILE");
        return () =>
        {
            string path = image.OutputPath!;
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.Delete(path);
            if (image.Size is { } size and > 0)
            {
                using FileStream file = File.Create(path);
                file.SetLength(size);
            }

            Commands!.Run(image, command, "exec", image.Type);
            image.IsInPlace = true;
            return File.Exists(path)
                ? OpenFile(path)
                : throw image.Type.Wrong("exec", $"the command wrote no file {path}", "write the image to \"${IMAGEOUTFILE}\", the whole in single quotes");
        };
    }

    /// <summary>Runs the commands of the configuration; null where it has none.</summary>
    internal ImageCommands? Commands { get; set; }

    private IReadOnlyList<string> TreeArguments(GenimageImage image) => image.IsEmpty ? [] : ["-d", trees.PathOf(image)];

    private static string Set(string option, long value) => $"{option}={Text(value)}";

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>Has a program write a file, and takes that.</summary>
    private Blob ByProgram(GenimageImage image, string option, Func<string, IReadOnlyList<string>> arguments)
    {
        string output = Path.Combine(context.TemporaryPath, string.Create(CultureInfo.InvariantCulture, $"made-{_works++}"));
        ChildProcessStart start = HostPrograms.Start(context, option, arguments(output));
        try
        {
            _ = ChildProcess.RunForText(start, cancellation);
        }
        catch (BuildException exception)
        {
            throw new BuildException($"{image.Type.Position}: {image.File} cannot be made: {exception.Message}", exception.Fix, exception.Log, exception);
        }

        return Fitted(image, OpenFile(output));
    }
}
