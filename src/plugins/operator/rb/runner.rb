# Calls a Ruby method for an rb> task.
#
#     ruby -I WORKDIR [-r FEATURE] -- runner.rb METHOD INPUT OUTPUT
#
# METHOD is `method`, `Class.method` or `Mod::Class.method`. INPUT is a JSON file {"params": {...}}.
# OUTPUT is written: {"subtask_config", "export_params", "store_params"}, and "error": {"class",
# "message", "backtrace"} when the method raised.

require "json"

module Digdag
  # What the method sees as Digdag.env.
  class Env
    attr_reader :params, :subtask_config, :export_params, :store_params, :state_params

    def initialize(params)
      @params = params
      @subtask_config = {}
      @export_params = {}
      @store_params = {}
      @state_params = {}
      @subtasks = 0
    end

    def store(params = {}, **named)
      merge(@store_params, params, named)
    end

    def export(params = {}, **named)
      merge(@export_params, params, named)
    end

    def set_state(params = {}, **named)
      merge(@state_params, params, named)
    end

    # (hash), (:method [, params]) or (Class, :method [, params])
    def add_subtask(target = nil, method = nil, params = nil, **named)
      case target
      when Hash, nil
        config = target.to_h
        params = method if method.is_a?(Hash)
      when Symbol, String
        config = { "rb>" => target.to_s }
        params = method if method.is_a?(Hash)
      when Module
        raise ArgumentError, "add_subtask(#{target}, :method) needs a method" unless method
        config = { "rb>" => "#{target.name}.#{method}" }
      else
        raise ArgumentError, "add_subtask takes a Hash, a Symbol or a Class, not #{target.inspect}"
      end
      config = as_json((params || {}).merge(named)).merge(as_json(config))
      @subtask_config["+subtask#{@subtasks}"] = config
      @subtasks += 1
    end

    private

    def merge(into, params, named)
      into.merge!(as_json(params.to_h)).merge!(as_json(named))
    end

    # Text keys and JSON values; raises for what JSON does not have.
    def as_json(value)
      JSON.parse(JSON.generate(value))
    end
  end

  # Private: how the runner finds and calls the method.
  module Runner
    module_function

    def call(path, params)
      owner_path, dot, name = path.rpartition(".")
      if dot.empty?
        receiver = TOPLEVEL_BINDING.receiver
        return invoke(receiver, receiver.method(name), name, params)
      end
      owner = owner_path.split("::").reject(&:empty?).inject(Object) { |at, part| at.const_get(part) }
      if owner.is_a?(Class) && owner.public_method_defined?(name)
        receiver = build(owner, params)
        return invoke(receiver, receiver.method(name), "#{owner_path}##{name}", params)
      end
      invoke(owner, owner.method(name), path, params)
    end

    def build(owner, params)
      values, named = bind(owner.instance_method(:initialize), "#{owner}#initialize", params)
      named.empty? ? owner.new(*values) : owner.new(*values, **named)
    end

    def invoke(receiver, method, name, params)
      values, named = bind(method, name, params)
      named.empty? ? receiver.send(method.name, *values) : receiver.send(method.name, *values, **named)
    end

    # The method's parameters, filled by name.
    def bind(method, name, params)
      values = []
      named = {}
      rest = false
      is_open = true # no optional parameter was left out so far
      method.parameters.each do |kind, parameter|
        given = parameter && params.key?(parameter.to_s)
        value = params[parameter.to_s] if given
        case kind
        when :req
          raise missing(name, parameter) unless given
          values << value
        when :opt
          # By position nothing can follow one that is left to its default.
          is_open &&= given
          values << value if is_open
        when :keyreq
          raise missing(name, parameter) unless given
          named[parameter] = value
        when :key
          named[parameter] = value if given
        when :keyrest
          rest = true
        end
      end
      named = symbolized(params).merge(named) if rest
      [values, named]
    end

    def missing(name, parameter)
      ArgumentError.new("Method '#{name}' requires parameter '#{parameter}' but not set")
    end

    def symbolized(value)
      case value
      when Hash then value.to_h { |key, member| [key.to_sym, symbolized(member)] }
      when Array then value.map { |member| symbolized(member) }
      else value
      end
    end

    def write(path, env, error = nil)
      output = {
        "subtask_config" => env.subtask_config,
        "export_params" => env.export_params,
        "store_params" => env.store_params,
      }
      if error
        frames = (error.backtrace || []).reject { |line| line.start_with?(__FILE__) }
        output["error"] = { "class" => error.class.name, "message" => error.message,
                            "backtrace" => frames }
      end
      File.write(path, JSON.generate(output))
    end
  end

  class << self
    attr_accessor :env
  end
end

path, input_path, output_path = ARGV
Digdag.env = Digdag::Env.new(JSON.parse(File.read(input_path, encoding: "UTF-8"))["params"])
$LOAD_PATH << Dir.pwd
begin
  Digdag::Runner.call(path, Digdag.env.params)
  Digdag::Runner.write(output_path, Digdag.env)
rescue StandardError, ScriptError => error
  Digdag::Runner.write(output_path, Digdag::Env.new({}), error)
  raise
end
