using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;

namespace TweetStreams.Streams.Tests;

/// <summary>
/// The public API as text, compared with <c>PublicApi.txt</c> beside this file. A change that is meant is accepted by running this test with
/// ACCEPT_PUBLIC_API=1 and checking the file in.
/// </summary>
public sealed class PublicApiTests
{
    private static readonly Dictionary<Type, string> Keywords = new()
    {
        [typeof(bool)] = "bool",
        [typeof(byte)] = "byte",
        [typeof(char)] = "char",
        [typeof(double)] = "double",
        [typeof(float)] = "float",
        [typeof(int)] = "int",
        [typeof(long)] = "long",
        [typeof(object)] = "object",
        [typeof(string)] = "string",
        [typeof(void)] = "void",
    };

    [Fact]
    public void The_public_api_is_the_one_that_was_agreed_on()
    {
        string path = Path.Combine(Here(), "PublicApi.txt");
        string now = Render(typeof(KafkaStream).Assembly);
        if (Environment.GetEnvironmentVariable("ACCEPT_PUBLIC_API") == "1") File.WriteAllText(path, now);
        string agreed = File.Exists(path) ? File.ReadAllText(path).ReplaceLineEndings("\n") : "";
        if (now == agreed) return;
        string[] before = agreed.Split('\n'), after = now.Split('\n');
        string difference = string.Join('\n', [.. before.Except(after).Select(line => "- " + line), .. after.Except(before).Select(line => "+ " + line)]);
        Assert.Fail($"The public API has changed (- agreed, + now):\n{difference}\nIf this is meant: ACCEPT_PUBLIC_API=1 dotnet run --project tests/Streams.Tests -- -class {typeof(PublicApiTests).FullName}, and check PublicApi.txt in.");
    }

    [Fact]
    public void Only_the_namespaces_of_the_dsl_are_public()
    {
        string[] namespaces = [.. typeof(KafkaStream).Assembly.GetExportedTypes().Select(type => type.Namespace!).Distinct().Order(StringComparer.Ordinal)];
        Assert.All(namespaces, name => Assert.StartsWith("TweetStreams.Streams", name));
        // TaskId is Streamiz', in Streamiz' namespace.
        Assert.All(typeof(KafkaStream).Assembly.GetExportedTypes().Where(type => type.Namespace!.Contains(".Internal")), type => Assert.Equal("TaskId", type.Name));
    }

    private static string Here([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;

    private static string Render(Assembly assembly)
    {
        var text = new StringBuilder();
        foreach (Type type in assembly.GetExportedTypes().OrderBy(type => Name(type, full: true), StringComparer.Ordinal))
        {
            text.Append(Kind(type)).Append(' ').Append(Name(type, full: true));
            string[] bases = [.. (type.BaseType is { } parent && parent != typeof(object) && parent != typeof(ValueType) && parent != typeof(Enum) && parent != typeof(MulticastDelegate) ? new[] { parent } : [])
                .Concat(type.IsEnum ? [] : type.GetInterfaces().Where(face => face.IsPublic || face.IsNestedPublic)).Select(face => Name(face)).Order(StringComparer.Ordinal)];
            if (bases.Length > 0) text.Append(" : ").AppendJoin(", ", bases);
            text.Append(Constraints(type.GetGenericArguments())).Append('\n');
            foreach (string member in Members(type).Order(StringComparer.Ordinal)) text.Append("  ").Append(member).Append('\n');
            text.Append('\n');
        }
        return text.ToString();
    }

    private static IEnumerable<string> Members(Type type)
    {
        if (type.IsEnum)
        {
            foreach (FieldInfo value in type.GetFields(BindingFlags.Public | BindingFlags.Static)) yield return $"{value.Name} = {Convert.ToInt64(value.GetRawConstantValue())}";
            yield break;
        }
        if (typeof(Delegate).IsAssignableFrom(type))
        {
            yield return Method(type.GetMethod("Invoke")!);
            yield break;
        }
        const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
        foreach (ConstructorInfo constructor in type.GetConstructors(Declared).Where(made => Visible(made) && !made.IsStatic)) yield return $"{Access(constructor)}new({Parameters(constructor)})";
        foreach (MethodInfo method in type.GetMethods(Declared).Where(method => Visible(method) && (!method.IsSpecialName || method.Name.StartsWith("op_", StringComparison.Ordinal)) && !method.Name.Contains('<')))
            yield return Access(method) + Method(method);
        foreach (PropertyInfo property in type.GetProperties(Declared))
        {
            MethodInfo? get = property.GetMethod is { } getter && Visible(getter) ? getter : null, set = property.SetMethod is { } setter && Visible(setter) ? setter : null;
            if ((get ?? set) is not { } any) continue;
            string init = set?.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) == true ? "init" : "set";
            yield return $"{Access(any)}{Name(property.PropertyType)} {property.Name} {{ {(get is null ? "" : "get; ")}{(set is null ? "" : $"{(any == set ? "" : Access(set))}{init}; ")}}}".Replace("public ", "", StringComparison.Ordinal);
        }
        foreach (FieldInfo field in type.GetFields(Declared).Where(field => field.IsPublic || field.IsFamily)) yield return $"{(field.IsFamily ? "protected " : "")}{(field.IsStatic ? "static " : "")}field {Name(field.FieldType)} {field.Name}";
        foreach (EventInfo raised in type.GetEvents(Declared).Where(raised => Visible(raised.AddMethod!))) yield return $"event {Name(raised.EventHandlerType!)} {raised.Name}";
    }

    private static bool Visible(MethodBase member) => member.IsPublic || member.IsFamily || member.IsFamilyOrAssembly;

    private static string Access(MethodBase member) =>
        (member.IsPublic ? "" : "protected ") + (member.IsStatic ? "static " : member.DeclaringType!.IsInterface ? "" : member.IsAbstract ? "abstract " : member.IsVirtual && !member.IsFinal ? "virtual " : "");

    private static string Method(MethodInfo method) =>
        $"{Name(method.ReturnType)} {method.Name}{(method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(argument => argument.Name))}>" : "")}({Parameters(method)}){Constraints(method.IsGenericMethod ? method.GetGenericArguments() : [])}";

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(parameter =>
        $"{(parameter.GetCustomAttribute<ParamArrayAttribute>() is null ? "" : "params ")}{(parameter.IsOut ? "out " : parameter.ParameterType.IsByRef ? "ref " : "")}{Name(parameter.ParameterType)} {parameter.Name}"
        + (parameter.HasDefaultValue ? $" = {parameter.DefaultValue ?? "null"}" : "")));

    private static string Constraints(Type[] arguments) => string.Concat(arguments.Select(argument =>
    {
        GenericParameterAttributes special = argument.IsGenericParameter ? argument.GenericParameterAttributes : default;
        List<string> parts = argument.IsGenericParameter ? [.. argument.GetGenericParameterConstraints().Select(constraint => Name(constraint)).Order(StringComparer.Ordinal)] : [];
        if (special.HasFlag(GenericParameterAttributes.ReferenceTypeConstraint)) parts.Add("class");
        if (special.HasFlag(GenericParameterAttributes.DefaultConstructorConstraint)) parts.Add("new()");
        return parts.Count == 0 ? "" : $" where {argument.Name} : {string.Join(", ", parts)}";
    }));

    private static string Kind(Type type) => type.IsInterface ? "interface" : type.IsEnum ? "enum" : typeof(Delegate).IsAssignableFrom(type) ? "delegate" : type.IsValueType ? "struct"
        : (type.IsAbstract && type.IsSealed ? "static " : type.IsAbstract ? "abstract " : type.IsSealed ? "sealed " : "") + "class";

    private static string Name(Type type, bool full = false)
    {
        if (type.IsByRef) return Name(type.GetElementType()!);
        if (type.IsArray) return Name(type.GetElementType()!) + "[]";
        if (type.IsGenericParameter) return (full ? type.GenericParameterAttributes.HasFlag(GenericParameterAttributes.Covariant) ? "out " : type.GenericParameterAttributes.HasFlag(GenericParameterAttributes.Contravariant) ? "in " : "" : "") + type.Name;
        if (Nullable.GetUnderlyingType(type) is { } value) return Name(value) + "?";
        if (!full && Keywords.TryGetValue(type, out string? keyword)) return keyword;
        string own = type.Name.Split('`')[0];
        if (type.IsNested) own = $"{Name(type.DeclaringType!).Split('<')[0]}.{own}";
        if (full) own = $"{type.Namespace}.{own}";
        return type.IsGenericType ? $"{own}<{string.Join(", ", type.GetGenericArguments().Select(argument => Name(argument, full && argument.IsGenericParameter)))}>" : own;
    }
}
